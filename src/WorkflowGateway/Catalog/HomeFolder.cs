namespace WorkflowGateway.Catalog;

/// <summary>The folder that relative paths in settings start from.</summary>
internal sealed record HomeFolder(string Path)
{
    private const string Mark = "config/gateway.json";

    /// <summary>The nearest ancestor of the current folder, then of the binary, that holds <c>config/gateway.json</c>; else the current folder.</summary>
    public static HomeFolder Find() => Find(Directory.GetCurrentDirectory(), AppContext.BaseDirectory);

    public static HomeFolder Find(string current, string binary) => new(Search(current) ?? Search(binary) ?? System.IO.Path.GetFullPath(current));

    public string Resolve(string path) => System.IO.Path.GetFullPath(path, Path);

    private static string? Search(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (!IsBuildOutput(folder) && File.Exists(System.IO.Path.Combine(folder.FullName, Mark))) return folder.FullName;
        }

        return null;
    }

    // A copy that a build made is never the file that somebody edits.
    private static bool IsBuildOutput(DirectoryInfo folder)
    {
        for (var at = folder; at?.Parent is not null; at = at.Parent)
        {
            if (at is { Name: "Debug" or "Release", Parent.Name: "bin" or "obj" }) return true;
        }

        return false;
    }
}
