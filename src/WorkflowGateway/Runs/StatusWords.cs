using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runs;

/// <summary>The words that filters take for statuses: each status's own, and <c>open</c> and <c>final</c> for several.</summary>
internal static class StatusWords
{
    private static readonly RunStatus[] All = Enum.GetValues<RunStatus>();
    private static readonly string[] Words = ["open", "final", .. All.Select(RunViewWords.Of)];

    /// <summary>None where the word stands for nothing.</summary>
    public static IEnumerable<RunStatus> Statuses(string word) => word switch
    {
        "open" => All.Where(status => !status.IsFinal()),
        "final" => All.Where(status => status.IsFinal()),
        _ => RunViewWords.TryParse(word, out var one) ? [one] : [],
    };

    /// <summary>What is wrong with a word; null where nothing is.</summary>
    public static string? Problem(string word) => Statuses(word).Any() ? null : $"'{word}' is no status. {Suggestion.For(word, Words)}";
}
