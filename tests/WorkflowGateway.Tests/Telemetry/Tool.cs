using System.Diagnostics;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>Somebody else's program, run to its end.</summary>
internal static class Tool
{
    public static readonly string Root = FindRoot();

    public static string ConfigFile(string name) => Path.Combine(Root, "config", "telemetry", name);

    public static async Task<(int ExitCode, string Said)> RunAsync(string name, string[] arguments, string input = "", string? folder = null)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Root };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return (process.ExitCode, await output + await error);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WorkflowGateway.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside the repository.");
        return folder;
    }
}
