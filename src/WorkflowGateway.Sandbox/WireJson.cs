using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

internal static class WireJson
{
    /// <summary>The member, also where it is null.</summary>
    public static JsonElement? Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    public static string? GetText(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool Has(this JsonElement element, string name) => element.Get(name) is { ValueKind: not JsonValueKind.Null };

    public static bool Is(this JsonElement? element, JsonValueKind kind) => element is { } value && value.ValueKind == kind;

    /// <summary>A copy that can be put into an answer.</summary>
    public static JsonNode? ToNode(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(element),
    };

    public static string Iso(this DateTimeOffset time, string fraction) =>
        time.UtcDateTime.ToString($"yyyy-MM-ddTHH:mm:ss.{fraction}Z", CultureInfo.InvariantCulture);
}
