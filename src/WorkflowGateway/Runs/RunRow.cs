namespace WorkflowGateway.Runs;

/// <summary>A run as the ledger holds it. Immutable: a change is a new row with the next version.</summary>
internal sealed record RunRow
{
    public required string Tenant { get; init; }
    public required RunId Id { get; init; }
    public required string Workflow { get; init; }
    public required RunStatus Status { get; init; }
    public string? Reason { get; init; }
    public string? NativeStatus { get; init; }

    /// <summary>Only while the status is unknown.</summary>
    public RunStatus? LastKnownStatus { get; init; }

    public required string Vendor { get; init; }
    public required string Connection { get; init; }
    public required string ConnectionIdentity { get; init; }
    public string? VendorRunId { get; init; }
    public string? VendorVersion { get; init; }
    public string? Subject { get; init; }

    /// <summary>The id of the one attempt that may be at the vendor.</summary>
    public required Guid Attempt { get; init; }

    /// <summary>How many attempts there were; each but the last certainly did nothing.</summary>
    public int Attempts { get; init; } = 1;

    public required long Version { get; init; }
    public required string Route { get; init; }
    public required string Revision { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;
    public string? CorrelationId { get; init; }
    public RunId? ParentId { get; init; }

    /// <summary>The trace in which it was started, as <c>traceparent</c> says it; null where nobody knows.</summary>
    public string? Trace { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Only while it is started; a run that was read has none.</summary>
    public StartAsked? Asked { get; init; }

    /// <summary>A stop that was asked for before the run was bound; it is sent as soon as it is.</summary>
    public bool StopRequested { get; init; }

    public RunDetail Detail { get; init; } = RunDetail.Empty;

    /// <summary>Whether there was a detail that no key opened: in the store it stays until there is a newer one.</summary>
    public bool DetailClosed { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? FinalAt { get; init; }
    public DateTimeOffset? ObservedAt { get; init; }
    public string? ObservedBy { get; init; }

    /// <summary>Why the last read failed; null while reads succeed. Freshness, not state: it is no visible change.</summary>
    public string? SyncError { get; init; }

    public bool Final => Status.IsFinal();
    public bool Bound => VendorRunId is not null;

    /// <summary>Whether it ended without anybody knowing what the vendor did: that may still turn up.</summary>
    public bool Lost => Final && !Bound && Detail.Error?.Code is StartDecision.NotObserved or StartDecision.Abandoned;

    /// <summary>What its start carries, so that it can be recognised at a vendor that echoes it.</summary>
    public RunMarker Marker => new(Id.ToString(), Attempt.ToString("N"));

    public RunRef VendorRun(Secret? token) => new(VendorRunId!, VendorVersion, EndUser(token));

    /// <summary>On whose behalf the vendor is called; null where on nobody's.</summary>
    public Subject? EndUser(Secret? token) => token is null && Subject is null ? null : new Subject(Subject, token);

    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();
}
