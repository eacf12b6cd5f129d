using WorkflowGateway.Adapters.Interactly;

namespace WorkflowGateway.Adapters.Tests.Interactly;

public sealed class InteractlyMappingTests
{
    [Theory]
    [InlineData("not_started", RunStatus.Pending, null)]
    [InlineData("pending", RunStatus.Pending, null)]
    [InlineData("started", RunStatus.Running, null)]
    [InlineData("running", RunStatus.Running, null)]
    [InlineData("waiting_for_user_input", RunStatus.Waiting, "input")]
    [InlineData("paused", RunStatus.Paused, null)]
    [InlineData("completed", RunStatus.Succeeded, null)]
    [InlineData("failed", RunStatus.Failed, null)]
    [InlineData("cancelled", RunStatus.Canceled, null)]
    [InlineData("aborted_looping_risk", RunStatus.Failed, "looping-risk")]
    [InlineData("COMPLETED", RunStatus.Succeeded, null)]
    [InlineData("Waiting_For_User_Input", RunStatus.Waiting, "input")]
    [InlineData("stopped", RunStatus.Unknown, "unmapped-status")]
    [InlineData("completed ", RunStatus.Unknown, "unmapped-status")]
    [InlineData("", RunStatus.Unknown, "unmapped-status")]
    public void Each_word_has_its_status_and_stays_beside_it(string word, RunStatus status, string? reason) =>
        Read(Sample.Answer(word)).Should().BeEquivalentTo(new { Status = status, Reason = reason, NativeStatus = word });

    [Theory]
    [InlineData("7", "7")]
    [InlineData("true", "true")]
    [InlineData("null", null)]
    [InlineData("""{"status":"completed"}""", """{"status":"completed"}""")]
    [InlineData("""["completed"]""", """["completed"]""")]
    public void A_word_that_is_no_text_is_unknown(string json, string? word) =>
        Read(Sample.Answer().Replace("\"running\"", json, StringComparison.Ordinal))
            .Should().BeEquivalentTo(new { Status = RunStatus.Unknown, Reason = "unmapped-status", NativeStatus = word });

    [Fact]
    public void A_waiting_run_presents_its_turn()
    {
        var interaction = Read(Sample.Answer("waiting_for_user_input")).Interactions.Should().ContainSingle().Subject;
        interaction.Should().BeEquivalentTo(new { Id = "turn-1", Kind = "input", Responses = new[] { new InteractionResponse("input", "Reply") } });
        interaction.Config!.Value.GetProperty("thread_to_node_outputs").GetProperty("0").GetProperty("text").GetString().Should().Be("What is your name?");
    }

    [Theory]
    [InlineData("""{"workflow_run":{"_id":"5eb7cf5a86d9755df3a6c593","workflow_run":{"status":"waiting_for_user_input","input_output_pairs":null}}}""")]
    [InlineData("""{"workflow_run":{"_id":"5eb7cf5a86d9755df3a6c593","workflow_run":{"status":"waiting_for_user_input"}}}""")]
    public void Without_pairs_it_waits_but_names_no_turn(string answer)
    {
        var snapshot = Read(answer);
        snapshot.Status.Should().Be(RunStatus.Waiting);
        snapshot.Interactions.Should().BeEmpty();
        snapshot.Markers.Should().BeEmpty();
    }

    [Theory]
    [InlineData("failed", "", "execution_error")]
    [InlineData("failed", "\"termination_source\":\"stale_run_reaper\",", "stale_run_reaper")]
    [InlineData("failed", "\"termination_source\":{},", "execution_error")]
    [InlineData("aborted_looping_risk", "\"termination_source\":\"execution_error\",", "aborted_looping_risk")]
    public void A_failed_run_has_a_code(string word, string more, string code) => Read(Sample.Answer(word, more)).Error.Should().Be(new RunFailure(code, null));

    [Fact]
    public void A_run_is_read_in_full()
    {
        var snapshot = Read(Sample.Answer("completed"));
        snapshot.Run.Should().Be(Sample.Run);
        snapshot.Definition.Should().Be(new RunDefinition(Sample.WorkflowId, "3"));
        snapshot.CreatedAt.Should().Be(new DateTimeOffset(2023, 11, 7, 5, 31, 56, TimeSpan.Zero));
        snapshot.EndedAt.Should().Be(new DateTimeOffset(2023, 11, 7, 6, 31, 56, TimeSpan.Zero));
        snapshot.Result!.Value.GetRawText().Should().Be("""{ "0": { "text": "What is your name?" } }""");
        snapshot.Markers.Should().Equal(Sample.Marker);
        snapshot.Error.Should().BeNull();
        snapshot.Native.GetRawText().Should().Be(Sample.Answer("completed"));
        Read(Sample.Answer()).EndedAt.Should().BeNull();
    }

    [Fact]
    public void The_inner_id_comes_first_if_it_is_one_and_ids_are_lower_case()
    {
        Started("5EB7CF5A86D9755DF3A6C5FF", Sample.RunId).Should().Be("5eb7cf5a86d9755df3a6c5ff");
        Started("workflow_run_1", "5EB7CF5A86D9755DF3A6C593").Should().Be(Sample.RunId);
        Started("workflow_run_1", "none").Should().BeNull();

        static string? Started(string inner, string outer) => InteractlyMapping.ToStarted(
            Sample.Json($$$$$"""{"workflow_run":{"_id":"{{{{{outer}}}}}","workflow_run":{"workflow_run_id":"{{{{{inner}}}}}"}}}"""), null)?.Run!.VendorRunId;
    }

    [Fact]
    public void Another_run_is_no_answer() =>
        InteractlyMapping.ToAnswered(Sample.Json(Sample.Answer()), new RunRef("0123456789abcdef01234567", null, null)).Should().BeNull();

    [Fact]
    public void The_same_run_in_other_letters_is_the_same_run() =>
        InteractlyMapping.ToAnswered(Sample.Json(Sample.Answer()), Sample.Run with { VendorRunId = "5EB7CF5A86D9755DF3A6C593" })!.Run!.VendorRunId.Should().Be("5eb7cf5a86d9755df3a6c593");

    [Fact]
    public void All_markers_are_read_oldest_first()
    {
        var turn = """{"run_input":{"miscellaneous":{"workflowGateway":{"runId":"run_01","attemptId":"NAME"}}}}""";
        var pairs = string.Join(",", turn.Replace("NAME", "a1", StringComparison.Ordinal), """{"run_input":{"miscellaneous":{}}}""", "null", turn.Replace("NAME", "a2", StringComparison.Ordinal));
        Read($$$$$"""{"workflow_run":{"_id":"{{{{{Sample.RunId}}}}}","workflow_run":{"status":"running","input_output_pairs":[{{{{{pairs}}}}}]}}}""")
            .Markers.Should().Equal(new RunMarker("run_01", "a1"), new RunMarker("run_01", "a2"));
    }

    private static RunSnapshot Read(string answer) => InteractlyMapping.ToAnswered(Sample.Json(answer), Sample.Run)!;
}
