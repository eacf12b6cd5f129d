using System.Text.Json.Serialization;

namespace WorkflowGateway.Sandbox;

/// <summary>One request received: by a vendor, or by the control API (vendor <c>control</c>).</summary>
public sealed record LedgerEntry
{
    public long Seq { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The vendors' clock then.</summary>
    public DateTimeOffset SimulatedAt { get; init; }

    public required string Vendor { get; init; }

    /// <summary>start, get, list, respond, data, pause, resume, stop, logs, delete or other.</summary>
    public required string Operation { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query below the vendor's prefix, as they were sent.</summary>
    public required string Target { get; init; }

    /// <summary>The names of all headers.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The values of the headers that are no secrets and matter: tenant, team, user, API version, trace.</summary>
    public IReadOnlyDictionary<string, string>? HeaderValues { get; init; }

    /// <summary>The headers that carried a credential, each with the first 16 digits of the SHA-256 of its token.</summary>
    public IReadOnlyDictionary<string, string>? Credentials { get; init; }

    public string? Body { get; init; }

    public LedgerMarker? Marker { get; init; }

    /// <summary>Whether the vendor carried it out. A refused request was not.</summary>
    public bool Processed { get; init; }

    /// <summary>The run made or touched.</summary>
    public string? VendorRunId { get; init; }

    /// <summary>The second run that a vendor made of one start, where a fault says so.</summary>
    public string? DuplicateRunId { get; init; }

    /// <summary>When it takes effect, where that is later.</summary>
    public DateTimeOffset? EffectAt { get; init; }

    /// <summary>The status answered; null where no answer was given.</summary>
    public int? Status { get; init; }

    public string? Fault { get; init; }

    [JsonIgnore]
    internal bool Changes => Processed && Operation is not ("get" or "list" or "logs");
}

/// <summary>The gateway's marker in a request: <c>workflowGateway: {runId, attemptId}</c>, wherever it stands in the body.</summary>
public sealed record LedgerMarker(string RunId, string AttemptId);
