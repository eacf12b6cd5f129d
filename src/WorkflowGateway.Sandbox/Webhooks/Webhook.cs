namespace WorkflowGateway.Sandbox;

/// <summary>Where Interactly sends its events, and what goes wrong with them on purpose.</summary>
public sealed record Webhook
{
    /// <summary>Where to, any address: the real vendor takes public https only.</summary>
    public required Uri Url { get; init; }

    /// <summary>What the bodies are signed with.</summary>
    public required string Secret { get; init; }

    /// <summary>How often more than once each event is delivered.</summary>
    public int Duplicates { get; init; }

    /// <summary>Whether the start of a run is told after its end.</summary>
    public bool Shuffled { get; init; }

    /// <summary>How many real seconds each delivery is late.</summary>
    public double DelaySeconds { get; init; }

    /// <summary>What the body says of the run's status, whatever that is.</summary>
    public string? Status { get; init; }

    /// <summary>How often a delivery that is not answered with 2xx is tried again.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>How many real seconds after.</summary>
    public double RetrySeconds { get; init; } = 10;

    internal string? Problem => this switch
    {
        { Url.IsAbsoluteUri: false } or { Url.Scheme: not ("http" or "https") } => "url must be an absolute http or https address",
        { Secret.Length: 0 } => "secret is needed",
        { Duplicates: < 0 or > 100 } or { MaxRetries: < 0 or > 10 } or { DelaySeconds: not (>= 0 and <= 3600) } or { RetrySeconds: not (>= 0 and <= 300) } =>
            "duplicates, maxRetries, delaySeconds or retrySeconds is out of range",
        _ => null,
    };
}

/// <summary>One attempt to deliver an event.</summary>
/// <param name="EventId">The same for every attempt.</param>
/// <param name="Action">workflow_run_started or workflow_run_completed.</param>
/// <param name="VendorRunId">The run.</param>
/// <param name="Status">What was answered; null where nothing was.</param>
public sealed record WebhookDelivery(string EventId, string Action, string VendorRunId, int? Status);
