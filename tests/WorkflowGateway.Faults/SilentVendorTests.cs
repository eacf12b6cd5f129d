using WorkflowGateway.Faults.Ambiguous;
using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>
/// Nine ways in which a vendor can take a start and not say so, at three vendors, many at once, on the real process; and callers that hang up.
/// <c>tests/ambiguous.sh</c> does 50 of each. What becomes of a single one is <see cref="AmbiguousStartTests"/>.
/// </summary>
public sealed class SilentVendorTests(ITestOutputHelper output)
{
    private static readonly int Each = Form.Count("WFG_AMBIGUOUS_EACH", 2);

    public static TheoryData<string> Stores { get; } = [.. Store.Names];

    [Theory, MemberData(nameof(Stores))]
    public async Task A_start_that_nobody_confirms_is_made_once(string store)
    {
        var history = new History();
        await using var cluster = await Cluster.StartAsync(new GatewayFolder(AmbiguousRig.Timeout, store), 1);
        var rig = new AmbiguousRig(cluster, history);
        foreach (var way in AmbiguousRig.Ways.Keys)
        {
            await rig.StartAsync(way, Each);
            Form.Say(output, $"{store}, {way}: {cluster.Starts.Count(AmbiguousRig.IsSilent)} of {cluster.Starts.Count} starts unanswered so far, {Checker.Doubled(cluster.Starts).Count} doubled");
        }

        var silent = cluster.Starts.Count(AmbiguousRig.IsSilent);
        silent.Should().BeGreaterThanOrEqualTo(AmbiguousRig.Ways.Count * Callers.Workflows.Length * Each);
        cluster.Starts.Should().OnlyContain(start => start.Processed).And.HaveCount(history.Attempts.Select(attempt => attempt.Key).Distinct().Count(), "each is made once");
        var stops = await rig.StopAsync("end of the connection", Each);
        stops.Should().OnlyContain(count => count == 1, "a call without a body is made once");

        await cluster.LaunchAsync(0);
        var verdict = await cluster.JudgeAsync(history);
        Form.Say(output, $"{store}, {silent} unanswered starts: {verdict.Summary}");
        verdict.IsClean.Should().BeTrue("{0}", verdict);
        verdict.Unknown.Should().Be(silent, "a start that nobody confirmed is unknown first");
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_caller_that_hangs_up_cuts_nothing_off(string store) => (await HangUpAsync(store, null, Each * 10)).Should().Be(0);

    [FullTheory]
    [InlineData("retrying-handler")]
    [InlineData("body-less-post")]
    public async Task A_gateway_that_sends_again_is_caught(string mutant)
    {
        await using var cluster = await Cluster.StartAsync(new GatewayFolder(AmbiguousRig.Timeout), 1, mutant);
        var rig = new AmbiguousRig(cluster, new History());
        await rig.StartAsync("end of the connection", 2);
        var (doubled, stops) = (Checker.Doubled(cluster.Starts).Count, await rig.StopAsync("end of the connection", 2));
        Form.Say(output, $"{mutant}: {doubled} starts doubled, stops sent {string.Join(" and ", stops)} times");
        (doubled + stops.Count(count => count > 1)).Should().BePositive();
    }

    [FullFact]
    public async Task A_gateway_that_hangs_up_with_its_caller_is_caught()
    {
        (await HangUpAsync("sqlite", "caller-cuts-off", 20)).Should().BePositive();
    }

    // How many starts came to nothing that could be known, because their callers had gone.
    private async Task<int> HangUpAsync(string store, string? mutant, int callers)
    {
        await using var cluster = await Cluster.StartAsync(new GatewayFolder("30s", store), 1, mutant);
        cluster.Sandbox.Controls.Add(new Fault { Operation = "start", Kind = "delay", When = "after", Seconds = 0.2 });
        (await cluster.Clients[0].StartAsync("juo", "k-1-0-0")).Ok.Should().BeTrue("it is warm");
        var chance = new Random(1);
        foreach (var some in Enumerable.Range(0, callers).Select(n => (Key: $"k-0-{n}-{n % 3}", After: TimeSpan.FromMilliseconds(10 + chance.Next(220)))).Chunk(12))
            await Task.WhenAll(some.Select(caller => cluster.Clients[0].HangUpAsync(Callers.WorkflowOf(caller.Key), caller.Key, caller.After)));
        await Until.HoldsAsync(async () => (await cluster.Clients[0].ListRunsAsync("&status=starting")).Count == 0, "no run is starting any more", 90);
        var runs = await cluster.Clients[0].ListRunsAsync();
        var lost = runs.Count(run => run.GetProperty("status").GetString() == "unknown");
        Form.Say(output, $"{mutant ?? store}: {callers} callers hung up, {runs.Count} runs, {cluster.Starts.Count(start => start.Processed)} starts at the vendors, {lost} unknown");
        return lost;
    }
}
