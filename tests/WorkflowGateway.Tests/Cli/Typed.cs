using WorkflowGateway.Cli;

namespace WorkflowGateway.Tests.Cli;

/// <summary>A command line as somebody typed it, carried out in this process.</summary>
internal sealed record Typed(int Code, string Out, string Error)
{
    public static Task<Typed> RunAsync(params string[] args) => RunAsync("", args);

    public static async Task<Typed> RunAsync(string input, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, new Terminal(output, error, () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input))));
        return new Typed(code, output.ToString(), error.ToString());
    }
}
