using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace WorkflowGateway.Cli;

/// <summary>Help, with what holds for all verbs below it.</summary>
internal sealed class ExplainAction(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("""
            Settings:
              Every verb finds its settings as the server does: appsettings.json, the environment (Storage__Path=…), the command line
              (--Storage:Path=…, --urls http://localhost:8081, --environment Development). print-config shows what they come to.

            """);
        output.WriteLine("Exit codes:");
        foreach (var (code, meaning) in ExitCode.All) output.WriteLine($"  {code,-4}{meaning}");
        output.WriteLine();
        return ExitCode.Ok;
    }
}
