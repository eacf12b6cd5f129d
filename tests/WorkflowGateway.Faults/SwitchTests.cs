using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Faults.Switch;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Workflows moved from vendor to vendor under load: no start fails, every run is where its revision says, open runs stay at their vendor and can be steered there. <c>tests/switch.sh</c> switches 100 times.</summary>
public sealed class SwitchTests(ITestOutputHelper output)
{
    private static readonly int Switches = Form.Count("WFG_SWITCHES", 6);

    /// <summary>CI switches one gateway on SQLite; the full form three replicas on PostgreSQL too.</summary>
    public static TheoryData<string, int> Gateways { get; } = Form.IsFull ? new() { { "sqlite", 1 }, { "postgres", 3 } } : new() { { "sqlite", 1 } };

    [Theory, MemberData(nameof(Gateways))]
    public async Task Workflows_that_are_switched_under_load_lose_no_start_and_leave_open_runs_where_they_are(string store, int replicas)
    {
        var verdict = await SwitchRig.RunAsync(store, replicas, Switches, 12, Say);
        Say($"{store}, {replicas} gateways: {verdict.Summary}");
        verdict.Wrong.Should().BeEmpty();
        (verdict.Failed, verdict.Switches).Should().Be((0, Switches));
        verdict.SteeredElsewhere.Should().BePositive("runs that were never left behind prove nothing");
    }

    [FullTheory]
    [InlineData("snapshot-read-twice")]
    [InlineData("steered-at-new-vendor")]
    public async Task A_deliberately_broken_gateway_is_caught(string mutant)
    {
        var verdict = await SwitchRig.RunAsync("sqlite", 1, 20, 12, Say, mutant);
        Say($"{mutant}: {verdict.Summary}");
        verdict.Wrong.Should().NotBeEmpty("{0} confuses vendors", mutant);
    }

    private void Say(string line) => Form.Say(output, line);
}
