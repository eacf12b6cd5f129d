using System.Collections.Frozen;

namespace WorkflowGateway.Runs;

/// <summary>The words of enums, on the wire and in the ledger.</summary>
internal static class RunViewWords
{
    private static readonly string[] Statuses = Words<RunStatus>();
    private static readonly string[] Operations = Words<RunOperation>();
    private static readonly FrozenDictionary<string, RunStatus> ByWord =
        Enum.GetValues<RunStatus>().ToFrozenDictionary(Of, StringComparer.Ordinal);

    public static string Of(RunStatus status) => Statuses[(int)status];

    public static string Of(RunOperation operation) => Operations[(int)operation];

    public static bool TryParse(string word, out RunStatus status) => ByWord.TryGetValue(word, out status);

    private static string[] Words<T>() where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
}
