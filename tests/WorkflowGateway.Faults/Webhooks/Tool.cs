using System.Diagnostics;
using System.Reflection;

namespace WorkflowGateway.Faults.Webhooks;

/// <summary>A script in tests/tools, run to its end.</summary>
internal static class Tool
{
    public static async Task<string> RunAsync(string program, string script, params string[] arguments)
    {
        var tools = Path.GetFullPath(Path.Combine(
            typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Gateways").Value!, "../../../tests/tools"));
        var start = new ProcessStartInfo(program, [Path.Combine(tools, script), .. arguments]) { WorkingDirectory = tools, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name is "DOTNET_ENVIRONMENT" or "DOTNET_URLS").ToList()) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "{0} said: {1}", script, await errors);
        return output;
    }
}
