using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Faults.Watch;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Whoever watches is told every event once and in order, however often he is cut off and gateways die. <c>tests/watch.sh</c> runs the full form.</summary>
public sealed class WatchTests(ITestOutputHelper output)
{
    private static readonly int Cuts = Form.Count("WFG_WATCH_CUTS", 2);
    private static readonly int Watchers = Form.Count("WFG_WATCHERS", 4);
    private static readonly int Kills = Form.Count("WFG_WATCH_KILLS", 1);
    private static readonly int Seed = Form.Count("WFG_WATCH_SEED", (int)(TimeProvider.System.GetTimestamp() % 1_000_000));

    public static TheoryData<string> Stores { get; } = [.. Store.Names];

    [Theory, MemberData(nameof(Stores))]
    public async Task Watchers_that_are_cut_off_again_and_again_are_told_every_event_once(string store)
    {
        var verdict = await WatchRig.RunAsync(new WatchPlan(store, Watchers, Cuts, Kills, Seed, Say));
        Say($"{store}, seed {Seed}, {Watchers} eventsource, our client and a JSON cursor: {verdict.Summary}");
        verdict.Wrong.Should().BeEmpty("with seed {0}", Seed);
        verdict.Events.Should().BePositive();
    }

    private void Say(string line) => Form.Say(output, line);
}
