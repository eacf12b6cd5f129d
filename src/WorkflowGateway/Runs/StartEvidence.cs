using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>What is known of a start whose outcome nobody knows, for the operator who has to say: what was sent when, what came back, what may be it. No payloads.</summary>
internal sealed record StartEvidence
{
    public required string Attempt { get; init; }

    /// <summary>What was started, as far as the vendor shows it again.</summary>
    public JsonElement? Target { get; init; }

    public required DateTimeOffset SentAt { get; init; }

    /// <summary>When it was given up; null where the gateway stopped first.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    public required string Message { get; init; }
    public int? VendorStatus { get; init; }

    /// <summary>The start of the vendor's answer, credentials taken out.</summary>
    public string? FirstBytes { get; init; }

    /// <summary>The vendor's runs that may be it.</summary>
    public IReadOnlyList<CandidateRun> Candidates { get; init; } = [];

    /// <summary>Why none of them was taken, for people.</summary>
    public string? Why { get; init; }

    /// <summary>Of a start whose answer this process did not see.</summary>
    public static StartEvidence Of(RunRow run, LostStart? start) => new()
    {
        Attempt = run.Marker.AttemptId,
        Target = start?.Target is { } target ? JsonElement.Parse(target) : null,
        SentAt = start?.SentAt ?? run.Id.CreatedAt,
        Message = run.Detail.Error?.Message ?? "",
    };

    public string ToText() => JsonSerializer.Serialize(this, EvidenceJson.Default.StartEvidence);

    public static StartEvidence? Of(string? text) => text is null ? null : JsonSerializer.Deserialize(text, EvidenceJson.Default.StartEvidence);
}

internal sealed record CandidateRun(string VendorRunId, DateTimeOffset? CreatedAt, string? NativeStatus);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StartEvidence))]
internal sealed partial class EvidenceJson : JsonSerializerContext;
