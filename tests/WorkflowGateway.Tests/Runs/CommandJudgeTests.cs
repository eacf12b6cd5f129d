using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runs;

/// <summary>What a read proves of a command that nobody saw answered.</summary>
public sealed class CommandJudgeTests
{
    private static readonly DateTimeOffset Given = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5), Later = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("pause", RunStatus.Paused, false, "applied")]
    [InlineData("pause", RunStatus.Running, false, null)]
    [InlineData("pause", RunStatus.Running, true, "refused")]
    [InlineData("pause", RunStatus.Succeeded, false, "refused")]
    [InlineData("pause", RunStatus.Unknown, true, null)]
    [InlineData("resume", RunStatus.Running, false, "applied")]
    [InlineData("resume", RunStatus.Paused, false, null)]
    [InlineData("resume", RunStatus.Paused, true, "refused")]
    [InlineData("resume", RunStatus.Unknown, true, null)]
    [InlineData("stop", RunStatus.Stopping, false, "applied")]
    [InlineData("stop", RunStatus.Succeeded, false, "applied")]
    [InlineData("stop", RunStatus.Running, false, null)]
    [InlineData("stop", RunStatus.Running, true, "refused")]
    [InlineData("stop", RunStatus.Unknown, true, null)]
    [InlineData("data", RunStatus.Running, true, null)]
    public void A_status_proves(string kind, RunStatus status, bool later, string? verdict) =>
        Judge(kind, status, later ? Later : Soon).Should().Be(verdict);

    [Theory]
    [InlineData("i2", false, "applied")]
    [InlineData("i1", false, null)]
    [InlineData("i1", true, "refused")]
    public void An_answer_is_judged_by_what_is_asked_now(string pending, bool later, string? verdict) =>
        Judge("respond", RunStatus.Waiting, later ? Later : Soon, pending: pending).Should().Be(verdict);

    [Fact]
    public void An_answer_is_judged_by_the_end_and_never_by_what_is_not_shown()
    {
        Judge("respond", RunStatus.Succeeded, Soon).Should().Be("applied");
        Judge("respond", RunStatus.Running, Soon).Should().Be("applied");
        Judge("respond", RunStatus.Waiting, Later).Should().BeNull("a run that waits for nothing that is shown shows nothing");
        Judge("respond", RunStatus.Unknown, Later).Should().BeNull();
    }

    [Theory]
    [InlineData("data", RunStatus.Running)]
    [InlineData("respond", RunStatus.Waiting)]
    [InlineData("stop", RunStatus.Unknown)]
    public void The_commands_own_mark_proves_it(string kind, RunStatus status) => Judge(kind, status, Soon, pending: "i1", marks: true, own: true).Should().Be("applied");

    [Fact]
    public void Where_marks_are_shown_a_missing_one_proves_that_it_did_not_arrive()
    {
        Judge("respond", RunStatus.Waiting, Soon, pending: "i2", marks: true).Should().BeNull("it may still be on its way");
        Judge("respond", RunStatus.Waiting, Later, pending: "i2", marks: true).Should().Be("refused", "somebody else answered");
        Judge("data", RunStatus.Running, Later, marks: true).Should().BeNull("it may still arrive");
        Judge("data", RunStatus.Succeeded, Soon, marks: true).Should().Be("refused");
        Judge("data", RunStatus.Succeeded, Soon).Should().BeNull("nothing is shown");
    }

    private static string? Judge(string kind, RunStatus status, TimeSpan after, string? pending = null, bool marks = false, bool own = false)
    {
        var run = Sample.Run(status) with { Detail = pending is null ? RunDetail.Empty : new RunDetail { Interactions = [Sample.Interaction(pending)] } };
        var attempt = Sample.Random();
        var command = new CommandRow(
            run.Tenant, [1], run.Id.ToBytes(), kind, kind == "respond" ? "i1" : null, CommandState.Unknown, attempt.ToByteArray(bigEndian: true), null, null, Given.ToUnixTimeMilliseconds(), null);
        var seen = new RunSnapshot
        {
            Status = status,
            Native = JsonElement.Parse("{}"),
            ShowsMarkers = marks,
            Markers = marks ? [run.Marker, .. own ? new[] { new RunMarker(run.Id.ToString(), attempt.ToString("N")) } : []] : [],
        };
        return CommandJudge.Verdict(command, run, seen, Given + after);
    }
}
