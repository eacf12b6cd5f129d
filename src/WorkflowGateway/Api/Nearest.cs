namespace WorkflowGateway.Api;

/// <summary>Finds what a mistyped word was probably meant to be.</summary>
internal static class Nearest
{
    /// <summary>The closest of the words that are known, where one is close; else null.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        var limit = Math.Max(1, word.Length / 3);
        return known
            .Select(candidate => (candidate, distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(pair => pair.distance <= limit)
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>A sentence to end a refusal with: the nearest word, or all there are.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> known) =>
        word.Length <= 255 && Of(word, known) is { } near ? $"Did you mean '{near}'?"
        : known.Count == 0 ? "There is none."
        : $"Known: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(50))}.";

    // Levenshtein's, one row at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
