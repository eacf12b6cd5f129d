using WorkflowGateway.Adapters.Juo;
using static WorkflowGateway.Adapters.Tests.Juo.JuoExamples;

namespace WorkflowGateway.Adapters.Tests.Juo;

public sealed class JuoMappingTests
{
    [Theory]
    [InlineData("running", RunStatus.Running, null)]
    [InlineData("waiting_interaction", RunStatus.Waiting, "interaction")]
    [InlineData("completed", RunStatus.Succeeded, null)]
    [InlineData("failed", RunStatus.Failed, null)]
    [InlineData("cancelled", RunStatus.Canceled, null)]
    [InlineData("canceled", RunStatus.Canceled, null)]
    [InlineData("WAITING_Interaction", RunStatus.Waiting, "interaction")]
    [InlineData("no_workflow", RunStatus.Unknown, "unmapped-status")]
    [InlineData("completed_silently", RunStatus.Unknown, "unmapped-status")]
    [InlineData("succeeded", RunStatus.Unknown, "unmapped-status")]
    [InlineData("completed ", RunStatus.Unknown, "unmapped-status")]
    [InlineData("", RunStatus.Unknown, "unmapped-status")]
    public void Every_word_of_a_run_has_a_status_and_the_rest_is_unknown(string word, RunStatus status, string? reason)
    {
        var snapshot = JuoMapping.ToSnapshot(Json(State(word)), Run())!;
        (snapshot.Status, snapshot.Reason, snapshot.NativeStatus).Should().Be((status, reason, word));
    }

    [Fact]
    public void The_whole_state_arrives()
    {
        var answer = Json(State("waiting_interaction"));
        JuoMapping.ToSnapshot(answer, Run())!.Should().BeEquivalentTo(new
        {
            Run = new RunRef(RunId, "123", null),
            Status = RunStatus.Waiting,
            Reason = "interaction",
            NativeStatus = "waiting_interaction",
            Definition = new RunDefinition("<string>", "123"),
            Outcome = new RunOutcome("<string>", "<string>"),
            Error = new RunFailure("<string>", "<string>"),
            FallbackToDefault = false,
            InvalidatedResources = new[] { "<string>" },
            CreatedAt = (DateTimeOffset?)null,
        });
        var pending = JuoMapping.ToSnapshot(answer, Run())!.Interactions.Single();
        (pending.Id, pending.Kind, pending.Step, pending.ActionType).Should().Be(("<string>", "interaction", "<string>", "<string>"));
        pending.Responses.Should().Equal(new InteractionResponse("<string>", "<string>"));
        pending.PresentedAt.Should().Be(new DateTimeOffset(2023, 11, 7, 5, 31, 56, TimeSpan.Zero));
        pending.ExpiresAt.Should().Be(pending.PresentedAt + TimeSpan.FromMilliseconds(123));
        JuoMapping.ToSnapshot(answer, Run())!.EndStep!.Value.Text("id").Should().Be("<string>");
        JuoMapping.ToSnapshot(answer, Run())!.Native.GetRawText().Should().Be(answer.GetRawText());
    }

    [Fact]
    public void A_running_run_with_an_interaction_stays_running_and_shows_it() =>
        JuoMapping.ToSnapshot(Json(State("running")), Run())!.Interactions.Should().ContainSingle();

    [Fact]
    public void A_final_run_waits_for_nothing() => JuoMapping.ToSnapshot(Json(State("completed")), Run())!.Interactions.Should().BeEmpty();

    [Fact]
    public void A_waiting_run_without_an_interaction_stays_waiting()
    {
        var snapshot = JuoMapping.ToSnapshot(Json("""{"status":"waiting_interaction"}"""), Run())!;
        (snapshot.Status, snapshot.Interactions.Count).Should().Be((RunStatus.Waiting, 0));
    }

    [Fact]
    public void The_outcome_at_the_top_wins_over_the_one_inside()
    {
        const string inside = """ "completionData":{"outcome":{"type":"inner","message":"b"}} """;
        JuoMapping.ToSnapshot(Json($$$"""{"status":"completed","outcome":{"type":"outer","message":"a"},{{{inside}}}}"""), Run())!.Outcome.Should().Be(new RunOutcome("outer", "a"));
        JuoMapping.ToSnapshot(Json($$"""{"status":"completed",{{inside}}}"""), Run())!.Outcome.Should().Be(new RunOutcome("inner", "b"));
        JuoMapping.ToSnapshot(Json("""{"status":"completed"}"""), Run())!.Outcome.Should().BeNull();
    }

    [Fact]
    public void A_failure_without_words_still_is_one() =>
        JuoMapping.ToSnapshot(Json("""{"status":"failed"}"""), Run())!.Error.Should().Be(new RunFailure("execution_error", null));

    [Theory, InlineData("1e30"), InlineData("9e15"), InlineData("-1"), InlineData("0"), InlineData("\"soon\"")]
    public void A_timeout_outside_the_calendar_is_no_deadline(string timeout)
    {
        var answer = Json(State("waiting_interaction").Replace("\"timeoutMs\": 123", $"\"timeoutMs\": {timeout}", StringComparison.Ordinal));
        var pending = JuoMapping.ToSnapshot(answer, Run())!.Interactions.Single();
        pending.PresentedAt.Should().NotBeNull();
        pending.ExpiresAt.Should().BeNull();
    }

    [Fact]
    public void A_start_that_makes_a_run_is_started()
    {
        var subject = new Subject("ada", new Secret("adas"));
        var started = JuoMapping.ToStartAnswer(Json(State("running")), subject).Should().BeOfType<StartAnswer.Started>().Subject;
        started.Run.Should().Be(new RunRef(RunId, "123", subject));
        started.Snapshot.Run.Should().Be(started.Run);
    }

    [Fact]
    public void A_start_without_a_workflow_is_declined()
    {
        var declined = JuoMapping.ToStartAnswer(Json(NoWorkflow), null).Should().BeOfType<StartAnswer.Declined>().Subject.Snapshot;
        (declined.Status, declined.Reason, declined.FallbackToDefault, declined.Run).Should().Be((RunStatus.Skipped, "no-workflow", true, null));
    }

    [Fact]
    public void A_silent_start_is_finished()
    {
        var finished = JuoMapping.ToStartAnswer(Json(Silent), null).Should().BeOfType<StartAnswer.Finished>().Subject.Snapshot;
        (finished.Status, finished.Reason, finished.FallbackToDefault, finished.Run).Should().Be((RunStatus.Succeeded, "silent", false, null));
        finished.InvalidatedResources.Should().Equal("subscriptions");
        finished.Outcome.Should().Be(new RunOutcome("discounted", "10 % off"));
        finished.EndStep!.Value.Text("category").Should().Be("saved");
    }

    [Theory, InlineData("no_workflow"), InlineData("completed_silently"), InlineData("new_word")]
    public void A_run_id_wins_over_every_word_beside_it(string word) =>
        JuoMapping.ToStartAnswer(Json(State(word)), null).Should().BeOfType<StartAnswer.Started>().Which.Snapshot.Status.Should().Be(RunStatus.Unknown);

    [Theory]
    [InlineData("""{"status":"completed"}""")]
    [InlineData("""{"status":"running","runId":"start"}""")]
    [InlineData("""{"runId":"../admin","status":"running"}""")]
    [InlineData("""{"fallbackToDefault":true}""")]
    [InlineData("[]"), InlineData("\"ok\""), InlineData("{}"), InlineData("null"), InlineData("17")]
    public void A_start_answer_with_neither_run_nor_known_word_makes_no_sense(string answer) =>
        JuoMapping.ToStartAnswer(Json(answer), null).Should().BeNull();

    [Theory, InlineData("[]"), InlineData("\"ok\""), InlineData("{}"), InlineData("null"), InlineData("""{"message":"hello"}""")]
    public void A_read_with_nothing_of_a_run_makes_no_sense(string answer) => JuoMapping.ToSnapshot(Json(answer), Run()).Should().BeNull();
}
