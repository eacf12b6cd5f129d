using System.Text.Json;
using WorkflowGateway.Access;

namespace WorkflowGateway.Runs;

/// <summary>An idempotency key as the ledger keeps it: hashes only.</summary>
internal sealed record IdempotencyKey(byte[] Hash, byte[] Fingerprint);

/// <summary>A start, parsed but not yet validated against the workflow.</summary>
internal sealed record StartRequest
{
    public required Caller Caller { get; init; }
    public required string Workflow { get; init; }
    public JsonElement? Input { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public string? CorrelationId { get; init; }
    public string? Subject { get; init; }
    public string? Connection { get; init; }
    public bool DryRun { get; init; }

    /// <summary>The end user's own vendor token (<c>Vendor-Authorization</c>).</summary>
    public Secret? VendorToken { get; init; }

    public IdempotencyKey? Key { get; init; }
}

/// <summary>What a start has come to so far.</summary>
/// <param name="Run">The run, durable.</param>
/// <param name="Replayed">Whether an earlier request with the same key made it.</param>
internal sealed record StartedRun(RunRow Run, bool Replayed)
{
    /// <summary>The run once what came of its first attempt is durable; null where this request sent nothing, and what it gives is null where that failed.</summary>
    public Task<RunRow?>? Outcome { get; init; }
}

/// <summary>Something to do to a run.</summary>
internal sealed record CommandRequest
{
    public required Caller Caller { get; init; }
    public required RunId RunId { get; init; }

    /// <summary>Respond, Data, Pause, Resume or Stop.</summary>
    public required RunOperation Operation { get; init; }

    /// <summary>Respond only.</summary>
    public string? InteractionId { get; init; }

    /// <summary>Respond only: one of the interaction's response types.</summary>
    public string? Type { get; init; }

    public JsonElement? Data { get; init; }

    /// <summary>The version the caller has seen (<c>If-Match</c>).</summary>
    public long? IfMatch { get; init; }

    public Secret? VendorToken { get; init; }
    public IdempotencyKey? Key { get; init; }
}

/// <summary>What a command has come to.</summary>
/// <param name="Run">The run after it.</param>
/// <param name="Settled">False while the vendor's answer is not recorded: in flight or unconfirmed (202).</param>
/// <param name="Replayed">Whether an earlier request with the same key did it.</param>
internal sealed record CommandResult(RunRow Run, bool Settled, bool Replayed);

/// <summary>An operator's verdict on a run that nobody can know about. Exactly one member is set.</summary>
internal sealed record Resolution(string? Bind, string? NotStarted, string? Abandon);
