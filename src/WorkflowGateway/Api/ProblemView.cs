using System.ComponentModel;
using System.Text.Json.Serialization;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>The body of every 4xx and 5xx.</summary>
internal sealed record ProblemView
{
    [Description("/problems/ and the code: where the problem is explained.")]
    public required string Type { get; init; }

    [Description("What kind of problem it is, the same for all of its code.")]
    public required string Title { get; init; }

    [Description("The HTTP status of the answer, 400 to 599.")]
    public required int Status { get; init; }

    [Description("What is wrong this time, for people.")]
    public required string Detail { get; init; }

    [Description("The path that was asked for.")]
    public required string Instance { get; init; }

    [Description("What kind of problem it is, for programs. More may come.")]
    public required string Code { get; init; }

    [Description("Leads an operator to this request in traces and logs.")]
    public required string TraceId { get; init; }

    [Description("Whether the same request may succeed later: true for 429 and 503, and for 409 while a command is in flight. Retry-After then says when.")]
    public required bool Retryable { get; init; }

    [Description("The vendor it is about. Left out where it is about none.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Vendor { get; init; }

    [Description("The vendor's own HTTP status. Left out where no vendor answered.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? VendorStatus { get; init; }

    [Description("The run as it is now. Left out where the problem is about none.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunView? Run { get; init; }

    [Description("What is wrong, place by place. Left out where no place can be named.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }
}
