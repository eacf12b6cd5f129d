using System.Diagnostics;
using System.Text;

namespace WorkflowGateway.Tests.Cli;

/// <summary>The real binary as a process of its own, in a folder of its own.</summary>
internal sealed class Binary : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Folder { get; } = Directory.CreateTempSubdirectory("wfg-cli-").FullName;

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, name))!);
        File.WriteAllText(Path.Combine(Folder, name), text);
    }

    /// <summary>Runs it to its end.</summary>
    public async Task<Typed> RunAsync(string line, string input = "", params (string Name, string Value)[] environment)
    {
        using var process = Start(line, environment);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new Typed(process.ExitCode, await output, await error);
    }

    /// <summary>Starts it to serve, and gives it once it listens.</summary>
    public async Task<Serving> ServeAsync(string line, params (string Name, string Value)[] environment)
    {
        var process = Start(line, environment);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var said = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } text)
        {
            said.AppendLine(text);
            if (AddressIn(text) is { } address) return new Serving(process, address, said.ToString(), process.StandardOutput.ReadToEndAsync(), error);
        }

        throw new InvalidOperationException($"It does not listen.\n{said}\n{await error}");
    }

    // What people read, or the line of the log for programs.
    private static string? AddressIn(string text) => text.StartsWith('{')
        ? System.Text.Json.JsonElement.Parse(text) is var line && line.GetProperty("State").TryGetProperty("Address", out var address) ? address.GetString() : null
        : text.Trim().Split("Workflow gateway") is ["", var told] ? told.Trim() : null;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private Process Start(string line, (string Name, string Value)[] environment)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, [typeof(GatewayHost).Assembly.Location, .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the test host was started with is not for the gateway.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name is "DOTNET_ENVIRONMENT" or "DOTNET_URLS").ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}

/// <summary>A gateway that listens, ended by its own id. Begun is what it wrote until then.</summary>
internal sealed record Serving(Process Process, string Address, string Begun, Task<string> Out, Task<string> Error) : IAsyncDisposable
{
    /// <summary>Asks it to end well.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await Process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
