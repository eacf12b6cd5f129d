using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runs;

public sealed class StartDecisionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    public static TheoryData<RunnerErrorKind, RunStatus, string, bool> Meanings => new()
    {
        { RunnerErrorKind.Unavailable, RunStatus.Failed, "vendor-unreachable", true },
        { RunnerErrorKind.RateLimited, RunStatus.Failed, "vendor-throttled", true },
        { RunnerErrorKind.Unauthorized, RunStatus.Failed, "vendor-auth-failed", false },
        { RunnerErrorKind.Invalid, RunStatus.Failed, "vendor-rejected", false },
        { RunnerErrorKind.NotFound, RunStatus.Failed, "vendor-rejected", false },
        { RunnerErrorKind.Conflict, RunStatus.Failed, "vendor-rejected", false },
        { RunnerErrorKind.Unsupported, RunStatus.Failed, "vendor-rejected", false },
        { RunnerErrorKind.Unconfirmed, RunStatus.Unknown, "start-unconfirmed", false },
        { RunnerErrorKind.Contract, RunStatus.Unknown, "start-unconfirmed", false },
    };

    [Fact]
    public void Every_kind_of_error_has_a_meaning() => Meanings.Select(row => (RunnerErrorKind)row[0]).Should().BeEquivalentTo(Enum.GetValues<RunnerErrorKind>());

    [Theory]
    [MemberData(nameof(Meanings))]
    public void An_error_means(RunnerErrorKind kind, RunStatus status, string code, bool retryable)
    {
        var run = Sample.Run(RunStatus.Starting);

        var after = StartDecision.Failed(run, run.Attempt, new RunnerError { Kind = kind, Message = "m" }, Now)!;

        after.Status.Should().Be(status);
        after.Detail.Error.Should().BeEquivalentTo(new { Code = code, Phase = "start", Retryable = retryable });
        after.Version.Should().Be(run.Version + 1);
    }

    [Fact]
    public void Another_attempts_outcome_is_not_this_runs()
    {
        var run = Sample.Run(RunStatus.Starting);
        var error = new RunnerError { Kind = RunnerErrorKind.Invalid, Message = "m" };

        StartDecision.Failed(run, Sample.Random(), error, Now).Should().BeNull();
        StartDecision.Answered(run, Sample.Random(), Started(), Now).Should().BeNull();
    }

    [Fact]
    public void A_bound_run_takes_no_other_outcome()
    {
        var run = Sample.Run(RunStatus.Running);

        StartDecision.Answered(run, run.Attempt, Started(), Now).Should().BeNull();
        StartDecision.Failed(run, run.Attempt, new RunnerError { Kind = RunnerErrorKind.Invalid, Message = "m" }, Now).Should().BeNull();
    }

    [Fact]
    public void A_late_answer_still_binds_a_run_that_was_given_up()
    {
        var run = Sample.Run(RunStatus.Starting);
        var given = StartDecision.Unknown(run, StartDecision.Unconfirmed, "m", Now)!;

        var after = StartDecision.Answered(given, run.Attempt, Started(), Now)!;

        after.Should().BeEquivalentTo(new { Status = RunStatus.Running, VendorRunId = "vendor-1", LastKnownStatus = (RunStatus?)null });
    }

    [Fact]
    public void Only_an_outcome_of_which_nothing_came_may_be_tried_again()
    {
        var allowed = Enum.GetValues<RunnerErrorKind>().Where(kind => StartDecision.MayTryAgain(new RunnerError { Kind = kind, Message = "m" }));

        allowed.Should().BeEquivalentTo([RunnerErrorKind.Unavailable, RunnerErrorKind.RateLimited]);
    }

    [Fact]
    public void A_new_attempt_is_never_given_to_a_run_that_may_be_at_the_vendor()
    {
        var run = Sample.Run(RunStatus.Starting);
        var unknown = StartDecision.Unknown(run, StartDecision.Unconfirmed, "m", Now)!;
        var error = new RunnerError { Kind = RunnerErrorKind.Unavailable, Message = "m" };

        StartDecision.Again(unknown, run.Attempt, Sample.Random(), error, Now).Should().BeNull();
    }

    private static StartAnswer.Started Started()
    {
        var reference = new RunRef("vendor-1", null, null);
        return new StartAnswer.Started(reference, new RunSnapshot { Run = reference, Status = RunStatus.Running, Native = JsonSerializer.SerializeToElement(new { }) });
    }
}
