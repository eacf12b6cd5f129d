using System.ComponentModel;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Juo;

/// <summary>What a route to Juo names.</summary>
public sealed record JuoTarget
{
    [Description("The flow to start, as Juo writes it: cancellation, for example.")]
    public required string FlowType { get; init; }

    [Description("One workflow definition. Without it Juo takes the one that is published for the flow.")]
    public string? WorkflowId { get; init; }

    internal static IEnumerable<ConfigurationProblem> Check(JsonElement target)
    {
        if (target.ValueKind != JsonValueKind.Object)
        {
            yield return new("", "The target must be an object with a flowType.");
            yield break;
        }

        foreach (var problem in ConfigurationProblems.Unknown(target, "", ["flowType", "workflowId"])) yield return problem;
        if (target.Text("flowType") is not { Length: > 0 })
            yield return new("/flowType", "The flowType is required: a text such as \"cancellation\".");
        if (target.Member("workflowId") is { } workflow && workflow.AsText() is not { Length: > 0 })
            yield return new("/workflowId", "The workflowId must be a text; leave it out for the published workflow of the flow.");
    }
}
