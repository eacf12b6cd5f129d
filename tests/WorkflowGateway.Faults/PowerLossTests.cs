using WorkflowGateway.Faults.PowerLoss;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>
/// Whatever the power is cut: what a caller was told is on the disk. Every write, sync and answer of a real gateway is recorded with strace, and the
/// file is put together again as it may be after each of them. <c>tests/powerloss.sh</c> does it with more, and with a gateway that syncs too little.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private static readonly int Starts = Form.Count("WFG_POWERLOSS_STARTS", 60);
    private static readonly int Points = Form.Count("WFG_POWERLOSS_POINTS", 300);
    private static readonly int Seed = Form.Count("WFG_POWERLOSS_SEED", 1);

    [Fact]
    public async Task What_was_acknowledged_outlives_a_power_loss()
    {
        var verdict = await CutAsync(null);
        Form.Say(output, $"synchronous=FULL, seed {Seed}: {verdict}");
        verdict.Points.Should().BeGreaterThanOrEqualTo(Points);
        verdict.Lost.Should().BeEmpty();
        verdict.Broken.Should().BeEmpty();
    }

    [FullFact]
    public async Task A_gateway_that_syncs_too_little_is_caught()
    {
        var verdict = await CutAsync("synchronous-normal");
        Form.Say(output, $"synchronous=NORMAL: {verdict}");
        verdict.Lost.Count.Should().BeGreaterThan(verdict.Points / 2);
    }

    [FullFact]
    public async Task A_disk_that_only_says_that_it_synced_is_caught()
    {
        var verdict = await CutAsync(null, "-e", "inject=fsync,fdatasync:retval=0");
        Form.Say(output, $"syncs swallowed: {verdict}");
        (verdict.Lost.Count + verdict.Broken.Count).Should().BeGreaterThan(verdict.Points / 2);
    }

    private static async Task<PowerLossVerdict> CutAsync(string? mutant, params string[] strace)
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = Seed }, CancellationToken.None);
        using var folder = new GatewayFolder();
        var (port, trace, scratch) = (Ports.Free(), Path.Combine(folder.Path, "trace"), Directory.CreateDirectory(Path.Combine(folder.Path, "replayed")).FullName);
        using var client = new GatewayClient(new Uri($"http://127.0.0.1:{port}"));
        await using (var gateway = GatewayProcess.Trace(folder, sandbox.Control, port, trace, TraceReader.Calls, mutant, strace))
        {
            await gateway.ListeningAsync();
            var tracer = gateway.Tracer;
            tracer.Should().NotBe(0);
            var told = await Task.WhenAll(Enumerable.Range(0, 6).Select(caller => StartAsync(client, caller)));
            told.Sum().Should().Be(Starts);
            gateway.Terminate();
            (await gateway.WaitAsync()).Should().Be(0, gateway.Errors);
            await Until.HoldsAsync(() => Signals.HasEnded(tracer), "strace has written everything");
        }

        var events = new TraceReader(folder.LedgerPath).Read(trace).ToList();
        events.OfType<DiskEvent.Told>().Select(told => told.RunId).Distinct().Should().HaveCount(Starts, "the trace shows every answer");
        if (strace.Length == 0) events.OfType<DiskEvent.Sync>().Should().NotBeEmpty("the gateway syncs");
        return new Replay(events, new Random(Seed)).Run(scratch, Points);
    }

    private static async Task<int> StartAsync(GatewayClient client, int caller)
    {
        var n = 0;
        for (; caller + (n * 6) < Starts; n++)
        {
            var reply = await client.StartAsync(Kill.Callers.Workflows[n % 3], $"k-{caller}-{n}-{n % 3}");
            reply.Ok.Should().BeTrue("{0}", reply.Body);
        }

        return n;
    }
}
