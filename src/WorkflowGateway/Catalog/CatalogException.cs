namespace WorkflowGateway.Catalog;

/// <summary>One thing wrong in a configuration file.</summary>
/// <remarks>Path is a JSON Pointer: <c>/connections/juo/baseUrl</c>. The message says what is wrong and what to write instead, and never a secret.</remarks>
internal sealed record CatalogProblem(string File, int Line, int Column, string Path, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {(Path.Length == 0 ? "/" : Path)}: {Message}";
}

/// <summary>A configuration file that cannot be used, with everything that is wrong with it.</summary>
internal sealed class CatalogException(IReadOnlyList<CatalogProblem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<CatalogProblem> Problems => problems;
}
