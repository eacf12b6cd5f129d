namespace WorkflowGateway.Catalog;

/// <summary>Where a connection's token comes from.</summary>
internal static class Credentials
{
    /// <summary>A token that is fixed, or one whose file is read anew for each call because something beside the gateway may rotate it.</summary>
    public static TokenSource Source(string text, CatalogContext context)
    {
        if (References.HoldsFile(text)) return _ => ValueTask.FromResult(Read(text, context));
        var token = Read(text, context);
        return _ => ValueTask.FromResult(token);
    }

    /// <summary>What is wrong with a token as text, or null.</summary>
    public static string? Check(string token) =>
        token.Length == 0 ? "The credential is empty." : token.Any(char.IsControl) ? "The credential holds a line break or another control character." : null;

    private static Secret Read(string text, CatalogContext context)
    {
        string? problem = null;
        var token = new References(context).Expand(text, message => problem ??= message) ?? "";
        problem ??= Check(token);
        return problem is null ? new Secret(token) : throw new RunnerException(RunnerErrorKind.Unauthorized, "The connection's credential cannot be read. " + problem);
    }
}
