using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Plans;

/// <summary>The words of a refusal without anything that a caller sent: a plan shows one operator what many callers did.</summary>
internal static class Discretion
{
    private const int MostErrors = 3, LongestName = 64, ShortestValue = 4;

    public static string WordsOf(RefusedException refusal, RecordedStart start, JsonElement? input)
    {
        if (refusal.Code != "validation-failed") return refusal.Message;
        var shown = refusal.Errors.Select(error => (Place: Place(error.Pointer), error.Detail)).Distinct().Take(MostErrors).ToList();
        var words = shown.Count == 0 ? refusal.Message
            : string.Join(" ", shown.Select(error => $"{error.Place}: {error.Detail}"))
                + (refusal.Errors.Count > MostErrors ? string.Create(CultureInfo.InvariantCulture, $" ({refusal.Errors.Count} in all)") : "");
        // An input has as many values as it has errors, or more: only those that are in the words are looked at twice.
        var said = words;
        foreach (var value in ValuesOf(start, input).Where(value => said.Contains(value, StringComparison.Ordinal)).Distinct().OrderByDescending(value => value.Length))
        {
            words = words.Replace($"\"{value}\"", "\"…\"", StringComparison.Ordinal).Replace($"'{value}'", "'…'", StringComparison.Ordinal);
            if (value.Length >= ShortestValue && !shown.Exists(error => error.Place.Contains(value, StringComparison.Ordinal)))
                words = words.Replace(value, "…", StringComparison.Ordinal);
        }

        return words;
    }

    /// <summary>A pointer in which any item of a list is like any other.</summary>
    public static string Place(string pointer) => string.Join('/', pointer.Split('/').Select(step =>
        step.Length > 0 && step.All(char.IsAsciiDigit) ? "*" : step.Length > LongestName ? step[..LongestName] + "…" : step));

    private static IEnumerable<string> ValuesOf(RecordedStart start, JsonElement? input)
    {
        IEnumerable<string?> all = [.. start.Labels.Values, start.Subject, start.CorrelationId];
        return all.OfType<string>().Concat(input is { } json ? Leaves(json) : []).Where(value => value.Length > 0);
    }

    private static IEnumerable<string> Leaves(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Leaves(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Leaves),
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Number => [value.GetRawText()],
        _ => [],
    };
}
