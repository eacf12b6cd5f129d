using System.Text.Json;

namespace WorkflowGateway.Sandbox;

/// <summary>Something that goes wrong on purpose, for the requests of one vendor and operation.</summary>
public sealed record Fault
{
    private static readonly string[] OfTheAnswer =
        ["truncated-json", "cut-json", "slow-drip", "unknown-status-word", "missing-field", "wrong-type", "wrong-run-id", "duplicate", "late"];

    private static readonly string[] Anytime = ["hang", "reset", "eof", "status", "html200", "huge-body", "gzip-bomb", "redirect", "delay"];

    /// <summary>Given when it is added.</summary>
    public string? Id { get; init; }

    /// <summary>juo, interactly, fortanix or any.</summary>
    public string Vendor { get; init; } = "any";

    /// <summary>start, get, list, respond, data, pause, resume, stop, logs, delete; command for those that command a run; or any.</summary>
    public string Operation { get; init; } = "any";

    /// <summary>See the README.</summary>
    public required string Kind { get; init; }

    /// <summary><c>before</c> the vendor processes the request, or <c>after</c>. Before where nothing is said, except for faults of an answer.</summary>
    public string? When { get; init; }

    /// <summary>How many requests it is for; all where nothing is said.</summary>
    public int? Count { get; init; }

    /// <summary>From 0 to 1.</summary>
    public double? Probability { get; init; }

    /// <summary>The status code of <c>status</c> and <c>redirect</c>.</summary>
    public int? Status { get; init; }

    /// <summary>The header's value, sent as it is.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>How long <c>delay</c> waits and by how much <c>late</c> is late.</summary>
    public double? Seconds { get; init; }

    /// <summary>How large <c>huge-body</c> and <c>gzip-bomb</c> are.</summary>
    public long? Bytes { get; init; }

    public int? BytesPerSecond { get; init; }

    /// <summary>The member of the answer that <c>missing-field</c> and <c>wrong-type</c> spoil: names joined by dots, numbers for items.</summary>
    public string? Field { get; init; }

    /// <summary>What <c>wrong-type</c> puts there.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>The word of <c>unknown-status-word</c>.</summary>
    public string? Word { get; init; }

    public string? Location { get; init; }

    /// <summary>How <c>late</c> leaves the caller without an answer: hang, reset or eof.</summary>
    public string? Then { get; init; }

    internal bool IsFor(string vendor, string operation) =>
        (Vendor == "any" || Vendor == vendor)
        && (Operation == "any" || Operation == operation || (Operation == "command" && operation is "respond" or "data" or "pause" or "resume" or "stop"));

    internal bool IsBefore(Switches switches) => When is { } when
        ? when == "before"
        : !OfTheAnswer.Contains(Kind) && (Kind != "status" || Status != 429 || switches.ThrottleBeforeWork);

    /// <summary>The status that the caller sees; null where it sees none.</summary>
    internal int? Seen(int? answered) => Kind switch
    {
        "hang" or "reset" or "eof" or "late" => null,
        "status" => Status,
        "redirect" => Status ?? 307,
        "html200" or "huge-body" or "gzip-bomb" => 200,
        _ => answered,
    };

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Problem => this switch
    {
        _ when !OfTheAnswer.Contains(Kind) && !Anytime.Contains(Kind) => $"kind must be one of {string.Join(", ", Anytime.Concat(OfTheAnswer))}",
        _ when Vendor is not ("any" or "juo" or "interactly" or "fortanix") => "vendor must be juo, interactly, fortanix or any",
        _ when When is not (null or "before" or "after") => "when must be before or after",
        { When: "before" } when OfTheAnswer.Contains(Kind) => $"{Kind} needs an answer to spoil: when must be after",
        { Kind: "status", Status: not (>= 200 and <= 599) } => "status must be a status code",
        { Kind: "missing-field" or "wrong-type", Field: null } => "field is needed",
        { Kind: "delay" or "late", Seconds: not >= 0 } => "seconds is needed",
        { Kind: "redirect", Location: null } => "location is needed",
        { Then: not (null or "hang" or "reset" or "eof") } => "then must be hang, reset or eof",
        { Count: <= 0 } or { Probability: < 0 or > 1 } or { BytesPerSecond: <= 0 } or { Bytes: <= 0 } => "count, probability, bytesPerSecond or bytes is out of range",
        _ => null,
    };
}
