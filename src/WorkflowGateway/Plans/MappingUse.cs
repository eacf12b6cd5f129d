using System.Text.Json;
using WorkflowGateway.Catalog;

using Route = WorkflowGateway.Catalog.Route;

namespace WorkflowGateway.Plans;

/// <summary>What of a start a route gives to its vendor.</summary>
/// <param name="Paths">The paths into the input that reach it; an empty one is the whole input.</param>
/// <param name="Names">The placeholders.</param>
internal sealed record MappingUse(IReadOnlyList<string[]> Paths, IReadOnlyList<string> Names)
{
    private const string Input = "input";

    public static MappingUse Of(Route route, IVendorAdapter adapter)
    {
        var names = Placeholders.In(route.Target).Concat(route.Input is { } parts ? Placeholders.In(parts) : [])
            .Select(placeholder => placeholder.Name).Distinct(StringComparer.Ordinal).ToList();
        var paths = names.Where(IsInput).Select(name => name.Split('.')[1..]).ToList();
        if (route.Input is null && adapter.DefaultInputPart is not null) paths.Add([]);
        return new MappingUse(paths, names);
    }

    /// <summary>What of a start reached the vendor before and does not after: pointers into the start, of the input each to the highest place that is lost whole or in part.</summary>
    public static IReadOnlyList<string> Dropped(MappingUse before, MappingUse after, PlanRequest start)
    {
        var beside = before.Names.Except(after.Names).Where(name => !IsInput(name) && Placeholders.Value(name, start) is not null).Select(PlaceOf);
        if (start.Input is not { } given || after.Paths.Any(path => path.Length == 0)) return [.. beside];
        var old = Unused(given, before.Paths, "/input").ToList();
        return [.. Unused(given, after.Paths, "/input").Where(now => !old.Any(was => now == was || now.StartsWith(was + "/", StringComparison.Ordinal))), .. beside];
    }

    /// <summary>What the new route asks for and the start does not have, where the route before asked for no such thing.</summary>
    public static IReadOnlyList<string> Lacking(MappingUse before, MappingUse after, PlanRequest start) =>
        [.. after.Names.Where(name => !before.Names.Contains(name) && Placeholders.Value(name, start) is null).Select(name => $"${{{name}}}")];

    private static bool IsInput(string name) => name.Split('.')[0] == Input;

    // A label's name may have dots in it.
    private static string PlaceOf(string name) => name.Split('.', 2) is [var part, var rest] ? JsonPointer.Below("/" + part, rest) : "/" + name;

    private static IEnumerable<string> Unused(JsonElement value, IReadOnlyList<string[]> paths, string pointer)
    {
        if (paths.Any(path => path.Length == 0)) return [];
        // A path that leads further than the value goes takes nothing of it.
        if (paths.Count == 0 || value.ValueKind != JsonValueKind.Object) return [pointer];
        return value.EnumerateObject().SelectMany(member => Unused(
            member.Value, [.. paths.Where(path => path[0] == member.Name).Select(path => path[1..])], JsonPointer.Below(pointer, member.Name)));
    }
}
