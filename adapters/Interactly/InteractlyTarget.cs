using System.ComponentModel;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Interactly;

/// <summary>Interactly needs no connection members of its own: <c>teamid</c>, <c>uuid</c> and <c>X-Interactly-API-Version</c> are plain <c>headers</c>.</summary>
internal sealed record InteractlySettings;

/// <summary>Which workflow a route starts.</summary>
internal sealed record InteractlyTarget
{
    [Description("The id of the workflow at Interactly: 24 hexadecimal digits.")]
    public required string WorkflowId { get; init; }

    public static IEnumerable<ConfigurationProblem> Check(JsonElement target, bool placeholders)
    {
        if (target.ValueKind != JsonValueKind.Object) return [new("", "Write an object: { \"workflowId\": \"<24 hexadecimal digits>\" }.")];
        return ConfigurationProblems.Unknown(target, "", ["workflowId"]).Concat(CheckId(target, placeholders));
    }

    private static IEnumerable<ConfigurationProblem> CheckId(JsonElement target, bool placeholders)
    {
        var id = target.Text("workflowId");
        // Workflow ids look like run ids.
        if (InteractlyAdapter.Vendor.IsRunId(id) || (placeholders && id?.StartsWith("${", StringComparison.Ordinal) == true)) return [];
        var found = target.Member("workflowId") switch
        {
            null => "It is missing",
            { ValueKind: JsonValueKind.String } => $"\"{id}\" is something else",
            { } other => $"A JSON {other.ValueKind.ToString().ToLowerInvariant()} is something else",
        };
        return [new("/workflowId", $"Write the workflow's id at Interactly, a text of 24 hexadecimal digits. {found}.")];
    }
}
