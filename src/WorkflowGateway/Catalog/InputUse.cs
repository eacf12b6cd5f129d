using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>At a vendor without run input, what reaches it is what the target's placeholders take.</summary>
internal static class InputUse
{
    /// <summary>Pointers below the input to what no placeholder uses, and which would therefore be lost.</summary>
    public static IEnumerable<string> Unused(JsonElement target, JsonElement? input)
    {
        if (input is not { } given) return [];
        var used = Placeholders.In(target).Select(placeholder => placeholder.Name).ToHashSet(StringComparer.Ordinal);
        if (used.Contains("input")) return [];
        if (given.ValueKind != JsonValueKind.Object) return [""];
        var members = used.Where(name => name.StartsWith("input.", StringComparison.Ordinal)).Select(name => name.Split('.')[1]).ToHashSet(StringComparer.Ordinal);
        return given.EnumerateObject().Where(member => !members.Contains(member.Name)).Select(member => JsonPointer.Below("", member.Name));
    }
}
