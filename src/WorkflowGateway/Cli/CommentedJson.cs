using System.Text;
using System.Text.Json.Nodes;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>JSON for people: what is short stands in one line, and what was filled in says so.</summary>
internal static class CommentedJson
{
    private const int Width = 100;

    public static string Text(JsonObject root, IReadOnlySet<string> defaults)
    {
        var text = new StringBuilder();
        Write(text, root, "", "", defaults);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, string pointer, string indent, IReadOnlySet<string> defaults)
    {
        var line = node?.ToJsonString(OneLine) ?? "null";
        if (node is not (JsonObject or JsonArray) || (line.Length <= Width && !defaults.Any(filled => filled.StartsWith(pointer + "/", StringComparison.Ordinal))))
        {
            text.Append(line);
            return;
        }

        List<(string Name, string Pointer, JsonNode? Value)> parts = node is JsonObject members
            ? [.. members.Select(member => ($"\"{member.Key}\": ", JsonPointer.Below(pointer, member.Key), member.Value))]
            : [.. node.AsArray().Select((item, i) => ("", $"{pointer}/{i}", item))];
        text.Append(node is JsonObject ? '{' : '[').AppendLine();
        for (var i = 0; i < parts.Count; i++)
        {
            text.Append(indent).Append("  ").Append(parts[i].Name);
            Write(text, parts[i].Value, parts[i].Pointer, indent + "  ", defaults);
            if (i < parts.Count - 1) text.Append(',');
            text.AppendLine(defaults.Contains(parts[i].Pointer) ? " // default" : "");
        }

        text.Append(indent).Append(node is JsonObject ? '}' : ']');
    }

    private static readonly System.Text.Json.JsonSerializerOptions OneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
