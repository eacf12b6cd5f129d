namespace WorkflowGateway.Sandbox;

/// <summary>The command line of the sandbox on its own.</summary>
internal sealed record SandboxArguments(string Urls, string LedgerPath)
{
    /// <summary>Null where it is not understood.</summary>
    public static SandboxArguments? Parse(string[] args)
    {
        var (urls, ledger) = ("http://127.0.0.1:9090", "data/sandbox.jsonl");
        for (var index = 0; index < args.Length; index += 2)
        {
            if (index + 1 == args.Length) return null;
            switch (args[index])
            {
                case "--urls": urls = args[index + 1]; break;
                case "--ledger": ledger = args[index + 1]; break;
                default: return null;
            }
        }

        return new SandboxArguments(urls, Path.GetFullPath(ledger, Home()));
    }

    // The gateway resolves its paths the same way: dotnet run changes the current folder to the project's.
    private static string Home()
    {
        for (var folder = new DirectoryInfo(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "config", "gateway.json"))) return folder.FullName;
        return Directory.GetCurrentDirectory();
    }
}
