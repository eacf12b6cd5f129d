using System.Text.Json;
using NJsonSchema;

namespace WorkflowGateway.Catalog;

/// <summary>A workflow's <c>inputSchema</c>, ready to use.</summary>
/// <param name="json">As written.</param>
/// <param name="compiled">The same for the validator.</param>
internal sealed class InputSchema(JsonElement json, JsonSchema compiled)
{
    public JsonElement Json => json;

    /// <summary>What is wrong with a value, with pointers below <paramref name="root"/>.</summary>
    public IReadOnlyList<ConfigurationProblem> Check(JsonElement value, string root) => SchemaCheck.Check(compiled, value, root);
}
