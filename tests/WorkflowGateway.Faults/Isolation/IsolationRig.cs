using System.Collections.Concurrent;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Isolation;

/// <summary>A real gateway process between callers and three vendors, of which the first can be broken. The yardstick is the same gateway before.</summary>
internal sealed class IsolationRig : IAsyncDisposable
{
    public const string Broken = "juo";

    /// <summary>How the first vendor goes wrong.</summary>
    public static readonly IReadOnlyDictionary<string, Fault> Faults = new Dictionary<string, Fault>
    {
        ["black hole"] = new() { Vendor = Broken, Kind = "hang", When = "before" },
        ["failing"] = new() { Vendor = Broken, Kind = "status", Status = 503 },
        ["throttling"] = new() { Vendor = Broken, Kind = "status", Status = 429, RetryAfter = "5" },
        ["resetting"] = new() { Vendor = Broken, Kind = "reset", When = "before" },
        ["dripping"] = new() { Vendor = Broken, Kind = "slow-drip" },
    };

    private readonly GatewayFolder _folder;
    private readonly SandboxServer _sandbox;
    private readonly GatewayProcess _process;
    private readonly Dictionary<string, Traffic> _traffic;
    private readonly ConcurrentQueue<Call> _calls = new();

    private IsolationRig(GatewayFolder folder, SandboxServer sandbox, GatewayProcess process, int port, double perSecond)
    {
        (_folder, _sandbox, _process) = (folder, sandbox, process);
        Client = new GatewayClient(new Uri($"http://127.0.0.1:{port}"));
        Gauge = new Gauge(process.Id, folder.Store);
        _traffic = ((string[])[Broken, "interactly", "fortanix"]).ToDictionary(vendor => vendor, vendor => new Traffic(Client, vendor, perSecond / 3, _calls));
    }

    public GatewayClient Client { get; }

    public Gauge Gauge { get; }

    public SandboxServer Sandbox => _sandbox;

    public static async Task<IsolationRig> StartAsync(string store, double perSecond)
    {
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1 }, CancellationToken.None);
        var folder = new GatewayFolder("2s", store);
        var port = Ports.Free();
        var process = GatewayProcess.Launch(folder, sandbox.Control, port);
        await process.ListeningAsync();
        return new IsolationRig(folder, sandbox, process, port, perSecond);
    }

    public int Received(string vendor, string? operation = null) => _sandbox.ReadLedger(vendor, operation).Count;

    public void Break(string fault) => _sandbox.Controls.Add(Faults[fault]);

    public void Mend() => _sandbox.Controls.ClearFaults();

    /// <summary>Traffic at all three vendors for a while.</summary>
    public async Task<IReadOnlyList<Call>> RunAsync(string phase, TimeSpan time)
    {
        _calls.Clear();
        using var stop = new CancellationTokenSource(time);
        await Task.WhenAll([Gauge.RunAsync(stop.Token), .. _traffic.Values.Select(one => one.RunAsync(phase, stop.Token))]);
        return [.. _calls];
    }

    public async Task<System.Text.Json.JsonElement> ConnectionAsync(string name) => (await Client.GetAsync($"v1/connections/{name}")).Body;

    public async Task<string> BreakerAsync(string name) => (await ConnectionAsync(name)).GetProperty("breaker").GetProperty("state").GetString()!;

    public async Task<bool> PausedAsync(string name) =>
        (await ConnectionAsync(name)).GetProperty("budget").GetProperty("pausedUntil").ValueKind != System.Text.Json.JsonValueKind.Null;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
        await _sandbox.DisposeAsync();
        _folder.Dispose();
    }
}
