using System.Text.Json;

namespace WorkflowGateway.Runs;

/// <summary>What the vendor last told about a run, beside its status; one JSON column.</summary>
internal sealed record RunDetail
{
    public static readonly RunDetail Empty = new();

    public RunDefinition? Definition { get; init; }
    public IReadOnlyList<PendingInteraction> Interactions { get; init; } = [];
    public RunOutcome? Outcome { get; init; }
    public JsonElement? Result { get; init; }
    public JsonElement? EndStep { get; init; }
    public RunError? Error { get; init; }
    public bool FallbackToDefault { get; init; }
    public IReadOnlyList<string> InvalidatedResources { get; init; } = [];
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>Why a run failed or is unknown.</summary>
/// <param name="Code">A word: the gateway's (<c>vendor-rejected</c>) in phase start, the vendor's in phase run.</param>
/// <param name="Phase"><c>start</c> or <c>run</c>.</param>
/// <param name="Message">A sentence for people; null where the vendor gave none.</param>
/// <param name="VendorCode">The vendor's own error word; null where it gave none.</param>
/// <param name="Retryable">Whether certainly nothing was processed, so that the same request may be sent again.</param>
internal sealed record RunError(string Code, string Phase, string? Message, string? VendorCode, bool Retryable);
