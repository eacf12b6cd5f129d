using System.CommandLine;
using System.CommandLine.Help;
using WorkflowGateway.Plans;

namespace WorkflowGateway.Cli;

/// <summary>The binary's command line. Without a verb it serves.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var (settings, rest) = SettingArguments.Split(args);
        var parsed = Root().Parse(rest);
        if (Usage.IsWrong(parsed) && parsed.Action is not HelpAction and not ExplainAction) return Usage.Refuse(parsed, terminal.Error);
        return await Failures.GuardAsync(terminal.Error, () => parsed.InvokeAsync(new Invocation(settings, terminal)));
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("Workflow gateway: one HTTP API over the workflow-run APIs of several vendors. Without a verb it serves.");
        root.SetAction(Serve);
        root.Options.Add(Verb.Output);
        root.Subcommands.Add(Verb.Of("serve", "Serves the API. It is what the binary does without a verb.", call => GatewayHost.RunAsync(call.Settings)));
        root.Subcommands.Add(CheckConfigVerb.Make());
        root.Subcommands.Add(PrintConfigVerb.Make());
        root.Subcommands.Add(SchemaVerb.Make());
        root.Subcommands.Add(KeysVerb.Make());
        root.Subcommands.Add(HealthcheckVerb.Make());
        root.Subcommands.Add(PlanVerb.Make());
        root.Subcommands.Add(CopyStoreVerb.Make());
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExplainAction((HelpAction)help.Action!);
        return root;

        static Task<int> Serve(ParseResult parsed) => GatewayHost.RunAsync(((Invocation)parsed.InvocationConfiguration).Settings);
    }

    /// <summary>What verbs are called with beside their options. The host and its services look after signals and exceptions themselves.</summary>
    internal sealed class Invocation : InvocationConfiguration
    {
        public Invocation(string[] settings, Terminal terminal)
        {
            (Settings, Terminal) = (settings, terminal);
            (Output, Error) = (terminal.Out, terminal.Error);
            EnableDefaultExceptionHandler = false;
            ProcessTerminationTimeout = null;
        }

        public string[] Settings { get; }

        public Terminal Terminal { get; }
    }
}
