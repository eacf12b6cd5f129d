using System.CommandLine;
using System.Text;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Cli;

internal static class SchemaVerb
{
    public static Command Make() => Verb.Of("schema", "Prints the JSON Schema of gateway.json, for editors.", _ =>
    {
        // As bytes: the console would end lines and encode in its own way, and this is to be config/gateway.schema.json.
        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(GatewaySchema.Generate(VendorAdapters.All)));
        return Task.FromResult(ExitCode.Ok);
    });
}
