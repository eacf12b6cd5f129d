using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runs;

public sealed class ObservationTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public void A_final_run_never_changes()
    {
        var run = Sample.Run(RunStatus.Succeeded);

        Observation.Apply(run, Seen(RunStatus.Running), "poll", Now).Should().BeNull();
        Observation.Apply(run, Seen(RunStatus.Failed), "poll", Now).Should().BeNull();
    }

    [Theory]
    [InlineData("3", "4", true)]
    [InlineData("4", "4", false)]
    [InlineData("10", "9", false)]
    [InlineData("3.5", "4", true)]
    [InlineData(null, "4", false)]
    public void A_strictly_lower_vendor_version_is_dropped(string? seen, string known, bool dropped)
    {
        var run = Sample.Run(RunStatus.Running) with { VendorVersion = known };

        var after = Observation.Apply(run, Seen(RunStatus.Waiting) with { Run = new RunRef("v1", seen, null) }, "poll", Now);

        (after is null).Should().Be(dropped);
        if (after is not null) after.VendorVersion.Should().Be(seen ?? known);
    }

    [Fact]
    public void An_unknown_word_keeps_what_was_known_last()
    {
        var unknown = Observation.Apply(Sample.Run(RunStatus.Waiting), Seen(RunStatus.Unknown, "dreaming", "unmapped-status"), "poll", Now)!;
        var again = Observation.Apply(unknown, Seen(RunStatus.Unknown, "dreaming", "unmapped-status"), "poll", Now)!;
        var back = Observation.Apply(again, Seen(RunStatus.Running), "poll", Now)!;

        unknown.Should().BeEquivalentTo(new { Status = RunStatus.Unknown, Reason = "unmapped-status", NativeStatus = "dreaming", LastKnownStatus = (RunStatus?)RunStatus.Waiting });
        again.LastKnownStatus.Should().Be(RunStatus.Waiting);
        back.LastKnownStatus.Should().BeNull();
    }

    [Theory]
    [InlineData(RunStatus.Starting)]
    [InlineData(RunStatus.Abandoned)]
    public void A_vendor_cannot_report_a_state_that_is_only_the_gateways(RunStatus status) =>
        Observation.Apply(Sample.Run(RunStatus.Running), Seen(status), "poll", Now)!.Status.Should().Be(RunStatus.Unknown);

    [Fact]
    public void A_running_run_is_not_skipped() =>
        Observation.Apply(Sample.Run(RunStatus.Running), Seen(RunStatus.Skipped), "poll", Now).Should().BeNull();

    [Fact]
    public void Every_change_raises_the_version_by_one_and_says_when_and_how_it_was_seen()
    {
        var after = Observation.Apply(Sample.Run(RunStatus.Running), Seen(RunStatus.Succeeded), "command", Now)!;

        after.Should().BeEquivalentTo(new { Version = 8L, ObservedAt = Now, ObservedBy = "command", FinalAt = Now, UpdatedAt = Now });
    }

    [Fact]
    public void A_failed_run_always_says_why() =>
        Observation.Apply(Sample.Run(RunStatus.Running), Seen(RunStatus.Failed), "poll", Now)!.Detail.Error
            .Should().Be(new RunError("execution_error", "run", null, null, false));

    [Fact]
    public void Seeing_the_same_again_is_no_change()
    {
        var run = Sample.Run(RunStatus.Running);
        var seen = Seen(RunStatus.Waiting) with { Result = JsonSerializer.SerializeToElement(new { a = 1 }), Interactions = [Sample.Interaction("i1")] };
        var after = Observation.Apply(run, seen, "poll", Now)!;
        var same = Observation.Apply(after, seen, "poll", Now.AddMinutes(1))!;
        var other = Observation.Apply(after, seen with { Interactions = [Sample.Interaction("i2")] }, "poll", Now)!;

        Observation.Changes(run, after).Should().BeTrue();
        Observation.Changes(after, same).Should().BeFalse();
        Observation.Changes(after, other).Should().BeTrue();
    }

    private static RunSnapshot Seen(RunStatus status, string? word = null, string? reason = null) =>
        new() { Status = status, NativeStatus = word, Reason = reason, Native = JsonSerializer.SerializeToElement(new { }) };
}
