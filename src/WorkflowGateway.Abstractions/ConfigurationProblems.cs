using System.Text.Json;

namespace WorkflowGateway;

/// <summary>What checks of configured JSON have in common.</summary>
public static class ConfigurationProblems
{
    /// <summary>A problem for each member of the object that nobody knows, with the known name that was probably meant.</summary>
    /// <param name="element">The object; anything else has no unknown members.</param>
    /// <param name="pointer">Where the object stands.</param>
    /// <param name="known">The names it may have, in the writing they need.</param>
    public static IEnumerable<ConfigurationProblem> Unknown(JsonElement element, string pointer, IReadOnlyList<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object) yield break;
        foreach (var member in element.EnumerateObject())
        {
            if (known.Contains(member.Name)) continue;
            yield return new($"{pointer}/{Escape(member.Name)}", (Nearest(member.Name, known), known.Count) switch
            {
                ({ } nearest, _) => $"There is no member \"{member.Name}\" here. Did you mean \"{nearest}\"?",
                (_, 0) => $"There is no member \"{member.Name}\" here: remove it.",
                _ => $"There is no member \"{member.Name}\" here. Known: {string.Join(", ", known)}.",
            });
        }
    }

    /// <summary>A name as one step of a JSON Pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>Refuses with <see cref="RunnerErrorKind.Invalid"/> when there is any problem; the pointer is the first one's.</summary>
    /// <param name="problems">What a check found.</param>
    /// <param name="pointer">Where the checked object stands: <c>/target</c>, <c>/input</c> or <c>/data</c>.</param>
    public static void Refuse(this IEnumerable<ConfigurationProblem> problems, string pointer)
    {
        var all = problems.ToList();
        if (all.Count == 0) return;
        throw new RunnerException(new RunnerError
        {
            Kind = RunnerErrorKind.Invalid,
            Message = string.Join(" ", all.Select(problem => $"{pointer}{problem.Pointer}: {problem.Message}")),
            Pointer = pointer + all[0].Pointer,
        });
    }

    private static string? Nearest(string name, IReadOnlyList<string> known) => known
        .Select(candidate => (Name: candidate, Distance: Distance(Plain(name), Plain(candidate))))
        .Where(candidate => candidate.Distance <= Math.Max(1, Math.Max(name.Length, candidate.Name.Length) * 2 / 5))
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Name)
        .FirstOrDefault();

    // graph_id and graphid are nearer to graphId than any edit distance says.
    private static string Plain(string name) => new([.. name.Take(64).Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
