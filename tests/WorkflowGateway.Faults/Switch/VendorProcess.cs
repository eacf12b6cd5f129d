using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Switch;

/// <summary>The simulated vendors as a process of their own, ended by its id whatever happens to the test.</summary>
internal sealed class VendorProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly Process _process;
    private readonly HttpClient _http;

    static VendorProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Values) process.Kill();
    };

    private VendorProcess(Process process, Uri address) => (_process, Address, _http) = (process, address, new HttpClient { BaseAddress = address });

    public Uri Address { get; }

    public static async Task<VendorProcess> StartAsync(string folder, string name)
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var binary = Path.Combine(AppContext.BaseDirectory, "WorkflowGateway.Sandbox.dll");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [binary, "--urls", address.GetLeftPart(UriPartial.Authority), "--ledger", Path.Combine(folder, name + ".jsonl")])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            },
        };
        // Its welcome is written once it listens.
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null) listening.TrySetResult();
        };
        process.Start();
        Running[process.Id] = process;
        process.BeginOutputReadLine();
        await listening.Task.WaitAsync(TimeSpan.FromMinutes(2));
        return new VendorProcess(process, address);
    }

    public async Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync() =>
        JsonSerializer.Deserialize<List<LedgerEntry>>(await _http.GetStringAsync(new Uri("control/ledger", UriKind.Relative)), JsonSerializerOptions.Web)!;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        Running.TryRemove(_process.Id, out _);
        _process.Dispose();
    }
}
