namespace WorkflowGateway.Catalog;

/// <summary>What somebody may have meant.</summary>
internal static class Suggestion
{
    private const int MostNamed = 10;

    /// <summary><c>Did you mean 'x'?</c>, else the list of what there is.</summary>
    public static string For(string written, IEnumerable<string> known)
    {
        var all = known.Order(StringComparer.Ordinal).ToList();
        if (Nearest(written, all) is { } near) return $"Did you mean '{near}'?";
        return all.Count == 0 ? "There is none yet."
            : all.Count <= MostNamed ? $"Known: {string.Join(", ", all)}."
            : $"Known: {string.Join(", ", all.Take(MostNamed))} and {all.Count - MostNamed} more.";
    }

    /// <summary>The nearest of the names, or null when none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> known)
    {
        var limit = Math.Max(1, Math.Min(written.Length, 9) / 3);
        var small = written.ToLowerInvariant();
        return known
            .Where(name => Math.Abs(name.Length - written.Length) <= limit)
            .Select(name => (Name: name, Distance: Distance(small, name.ToLowerInvariant(), limit)))
            .Where(near => near.Distance <= limit)
            .OrderBy(near => near.Distance)
            .Select(near => near.Name)
            .FirstOrDefault();
    }

    // Edit distance in which two letters in the wrong order are one mistake. Long texts are no typing mistakes.
    private static int Distance(string a, string b, int limit)
    {
        if (a.Length > 64 || b.Length > 64) return int.MaxValue;
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var least = cost[i, 0];
            for (var j = 1; j <= b.Length; j++)
            {
                var change = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(change, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                least = Math.Min(least, cost[i, j]);
            }

            // From here on it only grows.
            if (least > limit) return least;
        }

        return cost[a.Length, b.Length];
    }
}
