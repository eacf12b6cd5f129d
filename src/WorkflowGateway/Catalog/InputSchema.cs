using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>A workflow's <c>inputSchema</c>, ready to use.</summary>
/// <param name="json">As written.</param>
/// <param name="node">The same, read.</param>
internal sealed class InputSchema(JsonElement json, SchemaNode node)
{
    public JsonElement Json => json;

    /// <summary>What is wrong with a value, with pointers below <paramref name="root"/>.</summary>
    public IReadOnlyList<ConfigurationProblem> Check(JsonElement value, string root) => node.Check(value, root);
}
