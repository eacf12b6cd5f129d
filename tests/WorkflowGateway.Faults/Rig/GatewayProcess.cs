using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace WorkflowGateway.Faults.Rig;

/// <summary>The gateway as a process of its own, ended by its id whatever happens to the test.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _disposed;

    static GatewayProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Values) process.Kill();
    };

    private GatewayProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(_errors, line.Data);
        _process.Start();
        Running[_process.Id] = _process;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts it; it may not be listening yet.</summary>
    /// <param name="mutant">The deliberately broken build to start in place of the real one.</param>
    /// <param name="environment">What else it is told.</param>
    public static GatewayProcess Launch(GatewayFolder folder, Uri sandbox, int port, string? mutant = null, params (string Name, string Value)[] environment) =>
        new(Described(folder, [Dotnet, Binary(mutant), .. folder.Arguments(sandbox, $"http://127.0.0.1:{port}")], environment));

    /// <summary>Starts it with its system calls written to a file. The process is the gateway; strace stands beside it.</summary>
    public static GatewayProcess Trace(GatewayFolder folder, Uri sandbox, int port, string trace, string calls, string? mutant, params string[] strace) => new(Described(
        folder,
        ["strace", "-D", "-f", "-q", "-y", "-xx", "-s", "2000000", "--seccomp-bpf", "-e", "trace=" + calls, "-e", "signal=none", .. strace, "-o", trace, Dotnet, Binary(mutant), .. folder.Arguments(sandbox, $"http://127.0.0.1:{port}")],
        []));

    /// <summary>Waits until it listens, or until it has ended.</summary>
    public Task ListeningOrEndedAsync() => Task.WhenAny(_listening.Task, _process.WaitForExitAsync()).WaitAsync(Patience);

    public async Task ListeningAsync()
    {
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_listening.Task, ended, Task.Delay(Patience, TimeProvider.System)) != _listening.Task)
            throw new InvalidOperationException($"The gateway does not listen. {(_process.HasExited ? $"It ended with {_process.ExitCode}" : "It runs")}.\n{Text(_output)}\n{Errors}");
    }

    /// <summary>kill -9, and waits until nothing is left of it.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await WaitAsync();
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Whether a signal has stopped it: T in the third field of /proc.</summary>
    public bool IsStopped => !HasEnded && File.ReadAllText($"/proc/{_process.Id}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');

    /// <summary>Who traces its system calls; 0 for nobody.</summary>
    public int Tracer => int.Parse(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("TracerPid:", StringComparison.Ordinal))[10..], CultureInfo.InvariantCulture);

    /// <summary>SIGTERM: asks it to end well.</summary>
    public void Terminate() => Signals.Send(_process.Id, Signals.Terminate);

    /// <summary>SIGCONT: lets it go on where it was stopped.</summary>
    public void Continue() => Signals.Send(_process.Id, Signals.Continue);

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        Running.TryRemove(_process.Id, out _);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await KillAsync();
        _process.Dispose();
    }

    private static string Dotnet => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    private static ProcessStartInfo Described(GatewayFolder folder, string[] command, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // What the test host was started with is not for the gateway.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name is "DOTNET_ENVIRONMENT" or "DOTNET_URLS").ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>The gateway that was built, or the deliberately broken one.</summary>
    public static string Binary(string? mutant)
    {
        var (gateways, configuration) = (Metadata("Gateways"), Metadata("Configuration"));
        var folder = mutant is null ? Path.Combine(gateways, configuration) : Path.Combine(gateways, "mutants", mutant, configuration);
        return Path.GetFullPath(Path.Combine(folder, "net10.0", "WorkflowGateway.dll"));
    }

    private static string Metadata(string key) =>
        typeof(GatewayProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    private void Heard(StringBuilder lines, string? line)
    {
        if (line is null) return;
        lock (lines) lines.AppendLine(line);
        // Its welcome is written once it listens.
        if (line.Contains("Workflow gateway", StringComparison.Ordinal)) _listening.TrySetResult();
    }

    private static string Text(StringBuilder lines)
    {
        lock (lines) return lines.ToString();
    }
}
