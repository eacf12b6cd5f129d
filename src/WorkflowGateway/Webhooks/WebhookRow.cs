using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>An endpoint as it is stored. Of one of the configuration only the progress stands here.</summary>
internal sealed record WebhookRow
{
    /// <summary>The tenant of an endpoint that is told of all tenants' runs.</summary>
    public const string AllTenants = "*";

    public required byte[] Id { get; init; }
    public required string Tenant { get; init; }

    /// <summary>Its name in the configuration; null where it was made by the API.</summary>
    public string? Name { get; init; }

    /// <summary>Hash of its entry in the configuration.</summary>
    public string? Config { get; init; }

    public string? Url { get; init; }
    public string? Description { get; init; }

    /// <summary>A JSON array; null for all.</summary>
    public string? Statuses { get; init; }

    /// <summary>A JSON array; null for all.</summary>
    public string? Workflows { get; init; }

    public byte[]? Secret { get; init; }

    /// <summary>Another with each secret.</summary>
    public byte[]? SecretId { get; init; }

    public byte[]? OldSecret { get; init; }
    public long? OldSecretUntil { get; init; }
    public long Enabled { get; init; } = 1;

    /// <summary>Why it is not enabled.</summary>
    public string? Reason { get; init; }

    /// <summary>One more with each change of what it is.</summary>
    public long Revision { get; init; }

    public long Cursor { get; init; }

    /// <summary>Failures in a row.</summary>
    public long Failures { get; init; }

    public long RestUntil { get; init; }
    public long? LastSuccessAt { get; init; }
    public long? LastFailureAt { get; init; }
    public string? LastFailure { get; init; }
    public string? Owner { get; init; }
    public long LeaseUntil { get; init; }
    public long Fence { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    public WebhookId WebhookId => WebhookId.FromBytes(Id);

    /// <summary>Its place, for what is sealed.</summary>
    public RunId Place => new(WebhookId.Value);

    /// <summary>Whose events it is told of; null for all.</summary>
    public string? EventTenant => Tenant == AllTenants ? null : Tenant;
}

/// <summary>How far an endpoint has come, beside its row.</summary>
/// <param name="Newest">The newest event that it may be told of.</param>
/// <param name="Lanes">How many runs have a failing event.</param>
/// <param name="Dead">How many events were given up.</param>
internal sealed record WebhookProgress(long Newest, long Lanes, long Dead);

/// <summary>A run of which an event failed.</summary>
/// <param name="Seq">The event that is to be delivered next.</param>
/// <param name="Attempts">How often that was tried.</param>
internal sealed record LaneRow(RunId Run, long Seq, int Attempts, DateTimeOffset DueAt);

/// <summary>What became of a delivery with an attempt.</summary>
internal static class DeliveryState
{
    public const string Delivered = "delivered";

    /// <summary>It is tried again.</summary>
    public const string Failing = "failing";

    /// <summary>It was given up; a replay delivers it again.</summary>
    public const string Dead = "dead";

    public static readonly string[] All = [Delivered, Failing, Dead];
}

/// <summary>One attempt at a delivery.</summary>
internal sealed record AttemptRow(byte[] Id, long Seq, byte[] RunId, long Attempt, long At, long? Status, string? Error, long Duration, string State, long? NextAt);
