using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>No lost start and no doubled start, however often the gateway dies. <c>tests/kill.sh</c> runs the same with more cycles.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly int Cycles = Form.Count("WFG_KILL_CYCLES", 25);
    private static readonly int Seed = Form.Count("WFG_KILL_SEED", (int)(TimeProvider.System.GetTimestamp() % 1_000_000));

    public static TheoryData<string> Stores { get; } = [.. Store.Names];

    [Theory, MemberData(nameof(Stores))]
    public async Task A_gateway_that_is_killed_again_and_again_loses_no_start_and_doubles_none(string store)
    {
        Say($"seed {Seed} (WFG_KILL_SEED={Seed} repeats what was drawn)");
        var verdict = await KillRig.RunAsync(new KillPlan { Store = store, Cycles = Cycles, Seed = Seed, Progress = Say });
        Say($"{store}, {Cycles} cycles: {verdict.Summary}");
        verdict.IsClean.Should().BeTrue("with seed {0} in {1}: {2}", Seed, verdict.Folder, verdict);
        verdict.Interrupted.Should().BePositive("kills that interrupt nobody prove nothing");
    }

    [Theory]
    [InlineData("insert-after-vendor")]
    [InlineData("dispatch-at-boot")]
    public async Task A_deliberately_broken_gateway_is_caught(string mutant)
    {
        Say($"{mutant}, seed {Seed}");
        var verdict = await KillRig.RunAsync(new KillPlan
        {
            Cycles = 12,
            Seed = Seed,
            Mutant = mutant,
            // Nearly all of a request is the time in which the vendor has done it and the gateway does not know: that is where these two err.
            VendorDelay = (0.4, 1),
            Warmth = 6,
            StopWhenDoubled = true,
            Progress = Say,
        });
        Say($"{mutant}: {verdict.Summary}");
        verdict.Doubled.Should().NotBeEmpty("{0} sends starts twice", mutant);
    }

    private void Say(string line) => Form.Say(output, line);
}
