using System.Text.Json.Nodes;

namespace WorkflowGateway.Adapters.Tests;

/// <summary>An answer with one of its fields dropped, null or of another type.</summary>
/// <param name="Path">The field, from the root: <c>/run/run_id</c>.</param>
/// <param name="How">What happened to it.</param>
/// <param name="Body">The answer.</param>
internal sealed record Drift(string Path, string How, string Body)
{
    private static readonly string[] Odd = ["null", "\"odd\"", "\"\"", "7", "-1.5e300", "true", "{}", "[]", "[{}]", "{\"workflow_run\":{\"status\":\"completed\"},\"run\":{\"run_status\":\"SUCCEEDED\"}}"];

    /// <summary>Whether the change is in the field or in something around it.</summary>
    public bool Touches(string field) => field == Path || field.StartsWith(Path + "/", StringComparison.Ordinal);

    public static IEnumerable<Drift> Of(string json)
    {
        foreach (var path in Paths(JsonNode.Parse(json)!, ""))
        {
            yield return new(path, "dropped", Changed(json, path, Remove));
            foreach (var value in Odd) yield return new(path, value, Changed(json, path, (parent, key) => Put(parent, key, JsonNode.Parse(value))));
        }
    }

    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => Paths(member.Value, $"{path}/{member.Key}").Prepend($"{path}/{member.Key}")),
        JsonArray items => items.SelectMany((item, index) => Paths(item, $"{path}/{index}").Prepend($"{path}/{index}")),
        _ => [],
    };

    private static string Changed(string json, string path, Action<JsonNode, string> change)
    {
        var root = JsonNode.Parse(json)!;
        var steps = path.Split('/')[1..];
        change(steps[..^1].Aggregate(root, (node, step) => node is JsonArray items ? items[int.Parse(step, null)]! : node[step]!), steps[^1]);
        return root.ToJsonString();
    }

    private static void Remove(JsonNode parent, string key)
    {
        if (parent is JsonArray items) items.RemoveAt(int.Parse(key, null));
        else parent.AsObject().Remove(key);
    }

    private static void Put(JsonNode parent, string key, JsonNode? value)
    {
        if (parent is JsonArray items) items[int.Parse(key, null)] = value;
        else parent[key] = value;
    }
}
