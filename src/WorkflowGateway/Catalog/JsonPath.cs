using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>Dotted paths into a JSON value, as operators write them: <c>customer.region</c>.</summary>
internal static class JsonPath
{
    public static JsonElement? Find(JsonElement? from, string path)
    {
        if (from is not { } current) return null;
        foreach (var step in path.Split('.'))
        {
            if (current.ValueKind != JsonValueKind.Object || !current.TryGetProperty(step, out current)) return null;
        }

        return current;
    }
}
