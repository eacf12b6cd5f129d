using System.Globalization;

namespace WorkflowGateway.Adapters.Interactly;

/// <summary>A page of the list, by number. Its cursor keeps the size too, because page 2 of another size is another page.</summary>
internal sealed record InteractlyListPage(int Number, int Size)
{
    public string Next => string.Create(CultureInfo.InvariantCulture, $"{Number + 1}x{Size}");

    public static InteractlyListPage Of(ListRuns query)
    {
        if (query.Cursor is not { } cursor) return new(1, query.Limit);
        if (cursor.Split('x') is [var number, var size]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page is > 0 and < int.MaxValue
            && size == query.Limit.ToString(CultureInfo.InvariantCulture))
        {
            return new(page, query.Limit);
        }

        throw new RunnerException(RunnerErrorKind.Invalid, "The cursor belongs to a list with another limit, or to none.");
    }

    public string ToQuery(ListRuns query)
    {
        List<string> parts = [];
        if (query.Target is { } target) parts.Add("workflow_id=" + target.Text("workflowId"));
        if (query.CreatedFrom is { } from) parts.Add("start=" + Time(from));
        if (query.CreatedTo is { } to) parts.Add("end=" + Time(to));
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"size={Size}&page={Number}"));
        return string.Join('&', parts);
    }

    private static string Time(DateTimeOffset time) =>
        Uri.EscapeDataString(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
