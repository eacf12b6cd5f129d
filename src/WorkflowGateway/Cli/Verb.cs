using System.CommandLine;

namespace WorkflowGateway.Cli;

/// <summary>What somebody asked for: the verb with its options, the settings given beside them, and where to write.</summary>
/// <param name="Parsed">The verb's own options and arguments.</param>
/// <param name="Settings">What is left to the configuration: <c>--Storage:Path=…</c>, <c>--environment</c>, <c>--urls</c>.</param>
/// <param name="Terminal">Where to write.</param>
internal sealed record VerbCall(ParseResult Parsed, string[] Settings, Terminal Terminal)
{
    public bool Json => Parsed.GetValue(Verb.Output) == "json";

    public TextWriter Out => Terminal.Out;

    public TextWriter Error => Terminal.Error;

    /// <summary>The server's own services over the server's own settings. Nothing is opened before it is asked for, nothing listens, no vendor is simulated.</summary>
    public ServiceProvider BuildServices() => GatewayHost.BuildForVerb(Settings);
}

/// <summary>Makes the verbs of the binary. A room that has one makes it with <see cref="Of"/>; <see cref="CommandLine"/> lists them all.</summary>
internal static class Verb
{
    /// <summary>Every verb knows it; what has one form only ignores it.</summary>
    public static readonly Option<string> Output = new Option<string>("--output", "-o")
    {
        Description = "text for people, json for programs.",
        HelpName = "text|json",
        DefaultValueFactory = _ => "text",
        Recursive = true,
    }.AcceptOnlyFromAmong("text", "json");

    /// <param name="name">What it is called.</param>
    /// <param name="description">What it does, for --help.</param>
    /// <param name="run">Does it; gives the exit code. What is configured wrongly may be thrown.</param>
    /// <param name="takes">Its options and arguments.</param>
    public static Command Of(string name, string description, Func<VerbCall, Task<int>> run, params Symbol[] takes)
    {
        var verb = new Command(name, description);
        verb.SetAction(parsed => run(new VerbCall(parsed, ((CommandLine.Invocation)parsed.InvocationConfiguration).Settings, ((CommandLine.Invocation)parsed.InvocationConfiguration).Terminal)));
        foreach (var symbol in takes)
        {
            if (symbol is Option option) verb.Options.Add(option);
            else verb.Arguments.Add((Argument)symbol);
        }

        return verb;
    }
}
