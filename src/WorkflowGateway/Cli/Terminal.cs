namespace WorkflowGateway.Cli;

/// <summary>What a verb reads and writes.</summary>
/// <param name="In">Opens standard input, as bytes: it may be a file with a mark at its beginning.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, Func<Stream> In)
{
    public static Terminal Own => new(Console.Out, Console.Error, Console.OpenStandardInput);
}
