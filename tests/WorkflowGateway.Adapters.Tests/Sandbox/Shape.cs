using System.Text.Json;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

/// <summary>The members of a document and their types, as paths. An empty object in an example is an open one: anything may be below it.</summary>
internal static class Shape
{
    public static HashSet<string> Of(JsonElement element, IReadOnlySet<string>? open = null)
    {
        var shape = new HashSet<string>();
        Add(element, "", shape, open ?? new HashSet<string>());
        return shape;
    }

    /// <summary>The paths that the example leaves open.</summary>
    public static HashSet<string> OpenIn(string example)
    {
        var open = new HashSet<string>();
        Find(JsonDocument.Parse(example).RootElement, "");
        return open;

        void Find(JsonElement element, string path)
        {
            if (element.ValueKind == JsonValueKind.Object && !element.EnumerateObject().Any() || element.ValueKind == JsonValueKind.String && element.ValueEquals("<unknown>")) open.Add(path);
            else if (element.ValueKind == JsonValueKind.Object)
                foreach (var member in element.EnumerateObject()) Find(member.Value, $"{path}.{member.Name}");
            else if (element.ValueKind == JsonValueKind.Array)
                foreach (var item in element.EnumerateArray()) Find(item, $"{path}[]");
        }
    }

    private static void Add(JsonElement element, string path, HashSet<string> shape, IReadOnlySet<string> open)
    {
        if (open.Contains(path) && path.EndsWith(']')) return;
        var kind = element.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : element.ValueKind.ToString();
        shape.Add($"{path}: {kind}");
        if (open.Contains(path)) return;
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var member in element.EnumerateObject()) Add(member.Value, $"{path}.{member.Name}", shape, open);
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) Add(item, $"{path}[]", shape, open);
    }
}
