using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Catalog;

/// <summary>JSON with some of it taken out.</summary>
internal static class JsonPrune
{
    /// <summary>The value without the members at these pointers. Items of lists become null, so that the others keep their places.</summary>
    public static JsonElement Without(JsonElement value, IEnumerable<string> pointers)
    {
        var root = JsonSerializer.SerializeToNode(value);
        foreach (var pointer in pointers.Where(pointer => pointer.Length > 0))
        {
            var name = JsonPointer.LastName(pointer);
            switch (Find(root, pointer[..pointer.LastIndexOf('/')]))
            {
                case JsonObject members:
                    members.Remove(name);
                    break;
                case JsonArray items when Item(items, name) is { } index:
                    items[index] = null;
                    break;
            }
        }

        return JsonSerializer.SerializeToElement(root);
    }

    /// <summary>The value with one copy of each member that stands there more than once: that of the number given, else the last.</summary>
    public static JsonElement OneCopy(JsonElement value, int copy) => JsonSerializer.SerializeToElement(Copied(value, copy));

    private static object? Copied(JsonElement value, int copy) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal).ToDictionary(
            same => same.Key, same => Copied((same.Skip(copy).Select(member => (JsonProperty?)member).FirstOrDefault() ?? same.Last()).Value, copy), StringComparer.Ordinal),
        JsonValueKind.Array => value.EnumerateArray().Select(item => Copied(item, copy)).ToList(),
        _ => value,
    };

    private static JsonNode? Find(JsonNode? root, string pointer)
    {
        var node = root;
        foreach (var step in pointer.Split('/').Skip(1))
        {
            var name = JsonPointer.LastName(step);
            node = node switch
            {
                JsonObject members => members[name],
                JsonArray items when Item(items, name) is { } index => items[index],
                _ => null,
            };
        }

        return node;
    }

    private static int? Item(JsonArray items, string name) => int.TryParse(name, out var index) && index >= 0 && index < items.Count ? index : null;
}
