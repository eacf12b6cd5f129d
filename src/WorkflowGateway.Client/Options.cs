namespace WorkflowGateway.Client;

/// <summary>What may go with a start beside workflow and input.</summary>
public sealed record StartOptions
{
    /// <summary>Makes the start one start, however often it is sent: 1 to 255 printable ASCII characters. Null lets the client make one, which it keeps for its own retries only.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Labels to find the run by.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The caller's own id for what the run belongs to.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The end user on whose behalf the run acts.</summary>
    public string? Subject { get; init; }

    /// <summary>Takes only routes over this connection. Needs the role operator.</summary>
    public string? Connection { get; init; }

    /// <summary>Asks the vendor only to try it out, where it can.</summary>
    public bool DryRun { get; init; }

    /// <summary>How long the gateway may hold the answer until the run is final or waiting, at most a minute. Null answers as soon as the vendor has accepted.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>Answers at once, before the vendor has.</summary>
    public bool RespondAsync { get; init; }

    /// <summary>The end user's own vendor token, for connections that want it.</summary>
    public string? VendorAuthorization { get; init; }
}

/// <summary>What may go with a command.</summary>
public sealed record CommandOptions
{
    /// <summary>Refuses the command when the run is no longer at this <see cref="Run.Version"/> (<c>precondition-failed</c>).</summary>
    public long? IfVersion { get; init; }

    /// <summary>As with a start: null lets the client make one for its own retries.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The end user's own vendor token, for connections that want it.</summary>
    public string? VendorAuthorization { get; init; }
}

/// <summary>What may go with a read.</summary>
public sealed record ReadOptions
{
    /// <summary>Fills <see cref="Run.Native"/>.</summary>
    public bool IncludeNative { get; init; }

    /// <summary>Fills <see cref="Run.Input"/>.</summary>
    public bool IncludeInput { get; init; }

    /// <summary>Fills <see cref="Run.Evidence"/>; needs a key with the role operator.</summary>
    public bool IncludeEvidence { get; init; }

    /// <summary>Asks the vendor first when it was last heard longer ago than this; zero asks it always, within the connection's rate budget.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The end user's own vendor token, for connections that want it.</summary>
    public string? VendorAuthorization { get; init; }
}
