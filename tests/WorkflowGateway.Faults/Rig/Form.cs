using System.Globalization;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults.Rig;

/// <summary>The short form of a proof runs in CI; the full one by its script under tests/, which sets these.</summary>
internal static class Form
{
    private static readonly string? Log = Environment.GetEnvironmentVariable("WFG_LOG");

    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("WFG_FULL") == "1";

    public const string OnlyFull = "Only in the full form, by its script under tests/.";

    /// <summary>How often, unless the script says otherwise.</summary>
    public static int Count(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>To whoever watches: the script prints the file's lines as they come.</summary>
    public static void Say(ITestOutputHelper output, string line)
    {
        output.WriteLine(line);
        if (Log is null) return;
        lock (Log) File.AppendAllText(Log, line + Environment.NewLine);
    }
}
