using System.CommandLine;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Cli;

/// <summary>Says what is wrong with a command line, and what was meant.</summary>
internal static class Usage
{
    /// <summary>Whether something is wrong with it. A misspelt option is no file, though an argument would take it for one.</summary>
    public static bool IsWrong(ParseResult parsed) => parsed.Errors.Count > 0 || Swallowed(parsed).Any();

    public static int Refuse(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens.Concat(Swallowed(parsed)).ToHashSet(StringComparer.Ordinal);
        foreach (var token in unknown) error.WriteLine(Unknown(token, command));
        foreach (var other in parsed.Errors.Where(other => !unknown.Any(token => other.Message.Contains($"'{token}'", StringComparison.Ordinal))))
            error.WriteLine(command.Subcommands.Count > 0 && command is not RootCommand ? $"{other.Message} {Suggestion.For("", command.Subcommands.Select(verb => verb.Name))}" : other.Message);
        error.WriteLine($"{(command is RootCommand ? "--help" : Path(command) + " --help")} tells more.");
        return ExitCode.BadUsage;
    }

    private static IEnumerable<string> Swallowed(ParseResult parsed) => parsed.CommandResult.Command.Arguments
        .SelectMany(argument => parsed.GetResult(argument)?.Tokens.Select(token => token.Value) ?? []).Where(value => value.Length > 1 && value.StartsWith('-'));

    private static string Unknown(string token, Command command)
    {
        if (token.StartsWith('-'))
        {
            var written = token.Split('=')[0];
            var options = Options(command).ToList();
            // A setting's dashes and its section are easily forgotten: both are offered.
            var near = Suggestion.Nearest(written, [.. options, .. SettingArguments.OfHost.Select(name => "--" + name)]);
            return near is null ? $"Unknown option '{written}'. Known: {string.Join(", ", options)}, and settings: --Section:Name=value." : $"Unknown option '{written}'. Did you mean '{near}'?";
        }

        var verbs = command.Subcommands.Select(verb => verb.Name).ToList();
        // The first word alone is no typing mistake, and still plain.
        if (verbs.Where(verb => verb.StartsWith(token, StringComparison.OrdinalIgnoreCase)).ToList() is [var begun]) return $"Unknown verb '{token}'. Did you mean '{begun}'?";
        if (verbs.Count > 0) return $"Unknown verb '{token}'. {Suggestion.For(token, verbs)}";
        return $"'{token}' is too much here.";
    }

    private static IEnumerable<string> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(above => above.Options.Where(option => option.Recursive))).Select(option => option.Name).Distinct();

    private static string Path(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Where(above => above is not RootCommand).Append(command).Select(part => part.Name));
}
