using System.Diagnostics;
using WorkflowGateway.Benchmarks.Servers;

namespace WorkflowGateway.Benchmarks;

/// <summary>A server under test, in a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>For the load generator and the vendor only: a server under test runs as it ships.</summary>
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private readonly Process _process;

    private ServerProcess(string name, Process process, Uri url) => (Name, _process, Url) = (name, process, url);

    public string Name { get; }
    public Uri Url { get; }

    /// <summary>What it has in memory now, in MB.</summary>
    public double Resident => double.Parse(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;

    /// <summary>What that is made of.</summary>
    public async Task<string> MemoryAsync()
    {
        using var http = new HttpClient();
        var parts = File.ReadLines($"/proc/{_process.Id}/status").Where(line => line.StartsWith("Rss", StringComparison.Ordinal)).Select(line => line.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries));
        return string.Join(", ", parts.Select(part => $"{part[0]} {long.Parse(part[1]) / 1024} MB")) + "; " + await http.GetStringAsync(new Uri(Url, "memory"));
    }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ServerProcess> StartAsync(string name, string folder, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, args)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (args[0] != "vendor") start.Environment.Remove(Inline);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Role.Listening, StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(name, process, new Uri(line[Role.Listening.Length..]));
        }

        throw new InvalidOperationException($"{name} did not start.");
    }

    /// <summary>How often it has committed; only the servers that keep something know.</summary>
    public async Task<long> CommitsAsync()
    {
        using var http = new HttpClient();
        return long.Parse(await http.GetStringAsync(new Uri(Url, "commits")));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }
}
