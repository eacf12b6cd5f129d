using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>What a fault makes of a vendor's answer.</summary>
internal static class SpoiledAnswer
{
    public static Answer Of(Answer answer, Fault fault) => fault.Kind switch
    {
        "unknown-status-word" => Edited(answer, body => Reword(body, fault.Word ?? "levitating")),
        "missing-field" => Edited(answer, body => Change(body, fault.Field!, (parent, name) => parent.Remove(name))),
        "wrong-type" => Edited(answer, body => Change(body, fault.Field!, (parent, name) => parent[name] = fault.Value?.ToNode() ?? Retyped(parent[name]))),
        "wrong-run-id" when answer.VendorRunId is { } id => WithBody(answer, Encoding.UTF8.GetString(answer.Body).Replace(id, Other(id), StringComparison.OrdinalIgnoreCase)),
        "cut-json" => answer with { Body = answer.Body[..(answer.Body.Length / 2)] },
        _ => answer,
    };

    private static Answer Edited(Answer answer, Action<JsonNode> edit)
    {
        if (!answer.Processed || answer.Body.Length == 0) return answer;
        var body = JsonNode.Parse(answer.Body)!;
        edit(body);
        return WithBody(answer, body.ToJsonString());
    }

    private static Answer WithBody(Answer answer, string body) => answer with { Body = Encoding.UTF8.GetBytes(body) };

    private static void Reword(JsonNode? node, string word)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items) Reword(item, word);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
                if (name is "status" or "run_status" && value is JsonValue) members[name] = word;
                else Reword(value, word);
        }
    }

    private static void Change(JsonNode body, string path, Action<JsonObject, string> change)
    {
        var names = path.Split('.');
        JsonNode? node = body;
        foreach (var name in names[..^1])
            node = node is JsonArray items && int.TryParse(name, out var index) && index < items.Count ? items[index] : (node as JsonObject)?[name];
        if (node is JsonObject parent) change(parent, names[^1]);
    }

    private static JsonNode? Retyped(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? 12345 : "not what you expect";

    // Another id of the same form.
    private static string Other(string id) => string.Concat(id.Select(digit => digit switch { '-' => '-', 'f' => '0', '9' => 'a', _ => (char)(digit + 1) }));
}
