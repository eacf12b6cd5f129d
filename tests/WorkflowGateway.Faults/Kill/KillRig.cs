using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

/// <summary>
/// Kills a gateway under load again and again, and looks what became of every start. The vendors live in this process and are never killed:
/// what they received is the truth.
/// </summary>
internal sealed class KillRig : IAsyncDisposable
{
    private readonly KillPlan _plan;
    private readonly Random _random;
    private readonly GatewayFolder _folder;
    private readonly SandboxServer _sandbox;
    private readonly int _port = Ports.Free();
    private readonly GatewayClient _client;
    private readonly History _history = new();
    private TimeSpan _boot = TimeSpan.FromSeconds(1);

    private KillRig(KillPlan plan, SandboxServer sandbox)
    {
        (_plan, _sandbox, _random, _folder) = (plan, sandbox, new Random(plan.Seed), new GatewayFolder(Aftermath.Timeout, plan.Store));
        _client = new GatewayClient(new Uri($"http://127.0.0.1:{_port}"));
        var (seconds, probability) = plan.VendorDelay;
        sandbox.Controls.Add(new Fault { Operation = "start", Kind = "delay", When = "after", Seconds = seconds, Probability = probability });
    }

    private int Doubled => Checker.Doubled(Starts).Count;

    private IReadOnlyList<LedgerEntry> Starts => _sandbox.ReadLedger(operation: "start");

    public static async Task<Verdict> RunAsync(KillPlan plan)
    {
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = plan.Seed }, CancellationToken.None);
        await using var rig = new KillRig(plan, sandbox);
        return await rig.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _sandbox.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<Verdict> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        var load = new Callers([_client], _history, _plan).RunAsync(stop.Token);
        try
        {
            return await RunAsync(load, stop);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task<Verdict> RunAsync(Task load, CancellationTokenSource stop)
    {
        for (var cycle = 1; cycle <= _plan.Cycles; cycle++)
        {
            var moment = cycle % _plan.BootKillEvery == 0 ? await KillAtBootAsync() : await KillUnderLoadAsync(load);
            _plan.Progress($"cycle {cycle,3}: killed {moment}; {_history.Attempts.Count} attempts, {Starts.Count} starts at the vendors, {Doubled} doubled");
            if (_plan.StopWhenDoubled && Doubled > 0) break;
        }

        await using var last = Launch();
        await last.ListeningAsync();
        await stop.CancelAsync();
        await load;
        var verdict = await Aftermath.JudgeAsync(last, _client, _history, _folder, _sandbox);
        _folder.Keep = !verdict.IsClean && _plan.Mutant is null;
        return _folder.Keep ? verdict with { Folder = _folder.Path } : verdict;
    }

    private GatewayProcess Launch()
    {
        _history.Restarted();
        return GatewayProcess.Launch(_folder, _sandbox.Control, _port, _plan.Mutant);
    }

    private async Task<string> KillUnderLoadAsync(Task load)
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var gateway = Launch();
        await gateway.ListeningAsync();
        _boot = TimeProvider.System.GetElapsedTime(began);
        await Until.HoldsAsync(() => load.IsCompleted || _history.Answered >= _plan.Warmth, "the gateway answers", 180);
        if (load.IsCompleted) await load;
        var typical = _history.Typical;
        var aim = typical * (1.2 * _random.NextDouble());
        await _history.NextInvoke;
        await PassAsync(aim);
        await gateway.KillAsync();
        return $"{aim.TotalMilliseconds,6:0.0} ms into a request of {typical.TotalMilliseconds:0.0} ms";
    }

    private async Task<string> KillAtBootAsync()
    {
        await using var gateway = Launch();
        var aim = _boot * (1.2 * _random.NextDouble());
        await PassAsync(aim);
        await gateway.KillAsync();
        return $"{aim.TotalMilliseconds,6:0} ms into a boot of {_boot.TotalMilliseconds:0} ms";
    }

    // A timer is a millisecond wide, a request hardly wider: the rest is spun away.
    private static async Task PassAsync(TimeSpan time)
    {
        var began = TimeProvider.System.GetTimestamp();
        var rough = time - TimeSpan.FromMilliseconds(20);
        if (rough > TimeSpan.Zero) await Task.Delay(rough, TimeProvider.System);
        while (TimeProvider.System.GetElapsedTime(began) < time) Thread.SpinWait(50);
    }
}
