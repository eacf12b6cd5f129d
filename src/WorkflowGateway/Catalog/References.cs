using System.Text;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Catalog;

/// <summary>The references that texts of a connection may hold: <c>${env:NAME}</c>, <c>${file:/path}</c>, <c>${sandbox:vendor}</c>.</summary>
internal sealed partial class References(CatalogContext context)
{
    // Shorter values are no secrets, and taking them out would garble messages.
    private const int MinSecret = 6;

    // Much more than any token.
    private const int MostBytes = 1024 * 1024;

    private static readonly string[] Kinds = ["env", "file", "sandbox"];
    private readonly List<(string Value, string Written)> _revealed = [];

    /// <summary>Whether the text must be read anew each time.</summary>
    public static bool HoldsFile(string text) => Form().Matches(text).Any(found => found.Value.StartsWith("${file:", StringComparison.Ordinal));

    /// <summary>Whether nothing of the text stands for itself.</summary>
    public static bool IsOnlyReferences(string text) => text.Length > 0 && Form().Replace(text, found => found.Value.StartsWith("$$", StringComparison.Ordinal) ? "$" : "").Length == 0;

    /// <summary>Whether the last text holds something that is not known here, because secrets are absent: nothing can be said of it.</summary>
    public bool LeftOpen { get; private set; }

    /// <summary>The text with its references replaced; null when one cannot be, which is then reported.</summary>
    public string? Expand(string text, Action<string> report, bool keepSandbox = false)
    {
        var failed = LeftOpen = false;
        var expanded = Form().Replace(text, found =>
        {
            if (found.Value.StartsWith("$$", StringComparison.Ordinal)) return found.Value[1..];
            if (keepSandbox && found.Groups["kind"].Value == "sandbox") return found.Value;
            var (value, problem) = IsUnread(found) ? (null, "") : Resolve(found);
            if (problem is not null && (context.WithoutSecrets || !context.ReadsReferences) && found.Value.EndsWith('}') && found.Groups["kind"].Value is "env" or "file")
            {
                LeftOpen = true;
                return found.Value;
            }

            if (problem is not null)
            {
                report(problem);
                failed = true;
                return "";
            }

            if (found.Groups["kind"].Value != "sandbox") _revealed.Add((value!, found.Value));
            return value!;
        });
        return failed ? null : expanded;
    }

    /// <summary>A message with every value that came from outside put back as it was written.</summary>
    public string Redact(string message) =>
        _revealed.Where(secret => secret.Value.Length >= MinSecret).OrderByDescending(secret => secret.Value.Length).Aggregate(
            new StringBuilder(message), (text, secret) => text.Replace(secret.Value, secret.Written)).ToString();

    private bool IsUnread(Match found) => !context.ReadsReferences && found.Value.EndsWith('}') && found.Groups["kind"].Value is "env" or "file";

    private (string? Value, string? Problem) Resolve(Match found)
    {
        var (kind, name) = (found.Groups["kind"].Value, found.Groups["name"].Value);
        if (!found.Value.EndsWith('}')) return (null, "A '${' is not closed. Write ${env:NAME}, or $${ for the text itself.");
        switch (kind)
        {
            case "env":
                return context.Variable(name) is { Length: > 0 } value ? (value, null) : (null, $"The environment variable {name} is not set. Set it before the gateway starts.");
            case "file":
                return ReadFile(context.Home.Resolve(name));
            case "sandbox" when context.Production:
                return (null, "The sandbox does not exist in Production. Write the vendor's own URL.");
            case "sandbox" when context.Sandbox is null:
                return (null, "The sandbox is off. Set Sandbox:Enabled to true, or write the vendor's own URL.");
            case "sandbox":
                return context.Sandbox.TryGetValue(name, out var url) ? (url.TrimEnd('/'), null) : (null, $"The sandbox has no vendor '{name}'. {Suggestion.For(name, context.Sandbox.Keys)}");
            case "input" or "labels" or "subject" or "correlationId" or "runId":
                return (null, $"The placeholder ${{{kind}}} stands only in a route's target and input.");
            default:
                return (null, $"Unknown placeholder. {(Suggestion.Nearest(kind, Kinds) is { } near ? $"Did you mean '${{{near}:…}}'?" : "A connection may hold ${env:NAME}, ${file:/path} and ${sandbox:vendor}; $${ stands for the text itself.")}");
        }
    }

    private static (string? Value, string? Problem) ReadFile(string path)
    {
        try
        {
            var target = ConfigFile.Target(path);
            // A pipe or a device has no length, and opening one may never end: such are not opened.
            if (target.Exists && target.Length == 0) return (null, $"The file {path} is empty. Write the secret into it; a pipe or a device is not read.");
            if (target.Exists && target.Length > MostBytes) return (null, $"The file {path} is longer than 1 MiB. Name the one that holds the secret.");
            if (!target.Exists) throw new FileNotFoundException(null, path);
            return File.ReadAllText(path).Trim() is { Length: > 0 } text ? (text, null) : (null, $"The file {path} is empty. Write the secret into it.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"The file {path} cannot be read: {(File.Exists(path) ? "no permission" : "it does not exist")}. Put it there for who runs the gateway, or name another.");
        }
    }

    [GeneratedRegex(@"\$?\$\{(?:(?<kind>[^:}]*)(?::(?<name>[^}]*))?\})?", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
