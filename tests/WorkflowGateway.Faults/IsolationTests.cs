using System.Net;
using WorkflowGateway.Faults.Isolation;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>One vendor's trouble is its own. <c>tests/isolation.sh</c> runs the same for longer and judges the times too.</summary>
public sealed class IsolationTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(Form.Count("WFG_ISOLATION_SECONDS", 3));
    private static readonly int PerSecond = Form.Count("WFG_ISOLATION_RATE", 60);

    public static TheoryData<string> Stores { get; } = [.. Form.IsFull ? Store.Names : ["sqlite"]];

    public static TheoryData<string> Faults { get; } = [.. IsolationRig.Faults.Keys];

    [Theory, MemberData(nameof(Stores))]
    public async Task Whatever_happens_to_one_vendor_the_others_succeed(string store)
    {
        await using var rig = await IsolationRig.StartAsync(store, PerSecond);
        await rig.RunAsync("warm-up", Form.IsFull ? TimeSpan.FromSeconds(30) : Phase);
        Say($"{store}, {PerSecond} requests/s, phases of {Phase.TotalSeconds:0} s\n{Figures.Head}");
        List<string> slower = [];
        foreach (var fault in IsolationRig.Faults.Keys)
        {
            // Right before each: the machine is not ours alone.
            var before = await MeasureAsync($"before {fault}");
            Say(before.Line("before"));
            before.Bad.Should().Be(0, "without a fault all succeed");
            var received = rig.Received(IsolationRig.Broken);
            rig.Break(fault);
            var during = await MeasureAsync(fault);
            Say($"{during.Line(fault)}   {rig.Received(IsolationRig.Broken) - received,6} calls got to the broken vendor; {during.OfBroken}");

            during.Bad.Should().Be(0, "{0}: the others must not notice: {1}", fault, during.BadOutcomes);
            slower.AddRange(during.WorseThan(before).Select(what => $"{fault}: {what}"));
            rig.Mend();
            // Only real calls find out that it is back.
            await Until.HoldsAsync(async () => (await rig.Client.StartAsync("juo-endless", $"back after {fault}")).Ok && await rig.BreakerAsync(IsolationRig.Broken) == "closed", "the vendor is back", 120);
        }

        var after = await MeasureAsync("after");
        Say(after.Line("after"));
        (after.Bad, rig.Gauge.IdleInTransaction).Should().Be((0, 0));
        // Times are judged in the full form, on a machine that does nothing else.
        if (Form.IsFull) slower.Should().BeEmpty();

        async Task<Figures> MeasureAsync(string phase)
        {
            rig.Gauge.Reset();
            return Figures.Of(await rig.RunAsync(phase, Phase), rig.Gauge);
        }
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task While_a_vendor_is_away_starts_fail_at_once_and_nothing_is_stored_or_sent(string fault)
    {
        await using var rig = await IsolationRig.StartAsync("sqlite", PerSecond);
        (await rig.Client.StartAsync("juo-endless", "open")).Ok.Should().BeTrue();
        var open = (await rig.Client.ListRunsAsync()).Single().GetProperty("id").GetString()!;
        rig.Break(fault);
        // Its own reads find out; so do starts, of which nobody may be sent twice.
        for (var i = 0; !await AwayAsync(); i++)
        {
            i.Should().BeLessThan(200, "so many starts should find out");
            await rig.Client.StartAsync("juo", $"finds-out-{i}");
        }

        var stored = (await rig.Client.ListRunsAsync()).Count;
        var sent = rig.Received("juo", "start");

        var refused = await rig.Client.StartAsync("juo", "refused");

        var (status, code) = fault == "throttling" ? (HttpStatusCode.TooManyRequests, "rate-limited") : (HttpStatusCode.ServiceUnavailable, "vendor-unavailable");
        (refused.Status, refused.Body.GetProperty("code").GetString(), refused.Retryable).Should().Be((status, code, true));
        ((await rig.Client.ListRunsAsync()).Count, rig.Received("juo", "start")).Should().Be((stored, sent));

        rig.Mend();
        Reply again = refused;
        await Until.HoldsAsync(async () => (again = await rig.Client.StartAsync("juo", "refused")).Ok, "the same request with the same key is taken", 120);
        again.Replayed.Should().BeFalse();
        rig.Received("juo", "start").Should().BeGreaterThan(sent);
        await Until.HoldsAsync(async () => !(await rig.Client.GetRunAsync(open)).Body.GetProperty("observation").GetProperty("stale").GetBoolean(), "what was open is fresh again");
        foreach (var start in rig.Sandbox.ReadLedger("juo", "start").Where(start => start.Processed).GroupBy(start => start.Body)) start.Should().ContainSingle();

        async Task<bool> AwayAsync() => fault == "throttling" ? await rig.PausedAsync("juo") : await rig.BreakerAsync("juo") == "open";
    }

    [Fact]
    public async Task A_broken_vendor_is_tried_with_one_call_at_a_time_ever_more_rarely_and_then_read_again()
    {
        await using var bench = await Bench.StartAsync();
        for (var i = 0; i < 20; i++) (await bench.StartRunAsync("interactly-endless", $"open-{i}")).RunStatus.Should().Be("running");
        bench.Sandbox!.Controls.Add(IsolationRig.Faults["failing"] with { Vendor = "interactly" });
        await Until.HoldsAsync(async () => await StateAsync() == "open", "the circuit is open");
        var calls = await SettledAsync();

        foreach (var wait in (int[])[5, 10, 20, 30, 30])
        {
            bench.Advance(TimeSpan.FromSeconds(wait - 1.5));
            (await StateAsync()).Should().Be("open");
            bench.Advance(TimeSpan.FromSeconds(2));
            await Until.HoldsAsync(() => bench.Count("get", "interactly") > calls, "one call tries");
            await Until.HoldsAsync(async () => await StateAsync() == "open", "it failed");
            (await SettledAsync()).Should().Be(++calls, "all twenty runs are due, and one of them may try");
        }

        bench.Sandbox.Controls.ClearFaults();
        bench.Advance(TimeSpan.FromSeconds(31));
        await Until.HoldsAsync(async () => (await bench.Client.ListRunsAsync()).TrueForAll(run => !run.GetProperty("observation").GetProperty("stale").GetBoolean()), "all are fresh");
        (await StateAsync()).Should().Be("closed");

        async Task<string> StateAsync() => (await bench.Client.GetAsync("v1/connections/interactly")).Body.GetProperty("breaker").GetProperty("state").GetString()!;

        async Task<int> SettledAsync()
        {
            // What must not happen has no end to wait for: several looks of the loop.
            await Task.Delay(TimeSpan.FromMilliseconds(600), TimeProvider.System);
            return bench.Count("get", "interactly");
        }
    }

    private void Say(string line) => Form.Say(output, line);
}
