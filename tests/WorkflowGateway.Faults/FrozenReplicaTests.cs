using System.Net;
using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>
/// A replica is frozen between the commit of a start and its first byte, for three leases, and then goes on. Another replica has long said by then
/// that nobody can know: nothing may be sent a second time, and what was not sent may not be sent any more. Leases are short in this build
/// (tests/mutants/failpoints.patch). <c>tests/frozen.sh</c> runs the full form.
/// </summary>
public sealed class FrozenReplicaTests(ITestOutputHelper output)
{
    // With a timeout of a second: send window, timeout and reserve of the build that freezes.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private const string Before = "after-intent";

    private static readonly int Cycles = Form.Count("WFG_FROZEN_CYCLES", 2);

    [Fact]
    public async Task A_frozen_replica_sends_nothing_that_was_given_up()
    {
        (await FreezeAsync("failpoints", Cycles)).Should().Be((0, 0, 0));
    }

    [FullTheory]
    [InlineData("no-send-window")]
    [InlineData("dispatch-at-lease-end")]
    public async Task A_gateway_that_sends_late_or_again_is_caught(string mutant)
    {
        var (late, doubled, wrong) = await FreezeAsync(mutant, 4);
        (late + doubled + wrong).Should().BePositive();
    }

    private async Task<(int Late, int Doubled, int Wrong)> FreezeAsync(string build, int cycles)
    {
        var (late, doubled, wrong) = (0, 0, 0);
        // Several at once. Not more: each that stops in the middle of a commit holds up all others until the database ends its session, after 5 s.
        foreach (var some in Enumerable.Range(0, cycles).Chunk(4))
        {
            await using var cluster = await Cluster.CreateAsync(new GatewayFolder("1s", "postgres"), some.Length + 1);
            await cluster.LaunchAsync(0, build);
            // All before any is frozen: one that stops in the middle of a commit would keep the next from opening the store.
            for (var i = 0; i < some.Length; i++) await cluster.LaunchAsync(i + 1, build, ("WFG_STOP_AT", PointOf(some[i]) + ":1"));
            foreach (var started in await Task.WhenAll(some.Select((cycle, i) => FreezeAsync(cluster, i + 1, cycle))))
            {
                if (started.BeforeGuard && started.Starts > 0) late++;
                if (started.Starts > 1) doubled++;
                if (!started.Sound) wrong++;
            }

            Form.Say(output, $"{build}: {some[^1] + 1} cycles, {late} sent though given up, {doubled} sent twice, {wrong} recorded otherwise than they went");
        }

        return (late, doubled, wrong);
    }

    private static async Task<(bool BeforeGuard, int Starts, bool Sound)> FreezeAsync(Cluster cluster, int replica, int cycle)
    {
        var key = $"k-{replica}-{cycle}-{cycle % 3}";
        var asked = AskUntilFrozenAsync(cluster, replica, key);
        var others = cluster.Clients[0];
        string? id = null;
        // The first answer says which run it is: the key's, although another replica works on it.
        await Until.HoldsAsync(async () => cluster.Gateways[replica]!.IsStopped && (id = (await others.TryAsync(key, "respond-async")).Reply?.RunId) is not null, "it is frozen");
        await Until.HoldsAsync(async () => (await others.GetRunAsync(id!)).RunStatus is not (null or "starting"), "another replica gives it up");
        // Leases are what is waited for: here time itself is the fault.
        await Task.Delay(Lease * 3, TimeProvider.System);
        cluster.Gateways[replica]!.Continue();
        await asked;
        (await others.GetRunAsync(id!)).Status.Should().Be(HttpStatusCode.OK);
        // What the woken one had still in hand is over once it ends well.
        cluster.Gateways[replica]!.Terminate();
        (await cluster.Gateways[replica]!.WaitAsync()).Should().Be(0);
        var starts = cluster.Starts.Where(start => Checker.RunOf(start) == id).ToList();
        var run = await others.GetRunAsync(id!);
        // The one that was frozen before it sent anything knows that certainly nothing was done, and says so.
        var sound = run.VendorRunId is { } bound
            ? starts.Exists(start => start.VendorRunId == bound)
            : run.RunStatus == "unknown" || (run is { RunStatus: "failed", Retryable: true } && starts.Count == 0);
        return (PointOf(cycle) == Before, starts.Count, sound);
    }

    // Half of them before the look at the clock, half after it, where only the deadline of the call itself is left.
    private static string PointOf(int cycle) => cycle % 2 == 0 ? Before : "before-first-byte";

    // One that is frozen in the middle of a commit holds up the others for a while: those are told to ask again.
    private static async Task AskUntilFrozenAsync(Cluster cluster, int replica, string key)
    {
        while ((await cluster.Clients[replica].TryAsync(key)).Reply is { Ok: false }) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
    }
}
