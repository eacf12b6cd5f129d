namespace WorkflowGateway.Catalog;

internal static class JsonPointer
{
    public static string Below(string pointer, string name) => $"{pointer}/{ConfigurationProblems.Escape(name)}";

    public static string LastName(string pointer) =>
        pointer[(pointer.LastIndexOf('/') + 1)..].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
