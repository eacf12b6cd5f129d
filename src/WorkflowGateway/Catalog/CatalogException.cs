using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>One thing wrong in a configuration file.</summary>
/// <remarks>Path is a JSON Pointer: <c>/connections/juo/baseUrl</c>. The message says what is wrong and what to write instead, and never a secret.</remarks>
internal sealed partial record CatalogProblem(string File, int Line, int Column, string Path, string Message)
{
    /// <summary>What was probably meant, ready to be put in place; null where nothing is near.</summary>
    public string? Suggestion => Meant().Match(Message) is { Success: true } meant ? meant.Groups["word"].Value : null;

    public override string ToString() => $"{File}:{Line}:{Column}: {(Path.Length == 0 ? "/" : Path)}: {Message}";

    [GeneratedRegex("Did you mean (['\"])(?<word>.+)\\1\\?$", RegexOptions.CultureInvariant)]
    private static partial Regex Meant();
}

/// <summary>A configuration file that cannot be used, with everything that is wrong with it.</summary>
internal sealed class CatalogException(IReadOnlyList<CatalogProblem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<CatalogProblem> Problems => problems;
}
