using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Runs;

/// <summary>Commands: durable before they are sent, sent at most once, one winner per interaction.</summary>
public sealed class CommandTests
{
    [Theory]
    [InlineData("reset", "after")]
    [InlineData("status", "after")]
    [InlineData("html200", "after")]
    [InlineData("hang", "before")]
    public async Task A_response_whose_answer_is_lost_is_never_sent_again(string kind, string when)
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { Timeout = "1s" });
        var run = await rig.StartRunAsync("ask");
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "respond", Kind = kind, When = when, Status = kind == "status" ? 504 : null, Count = 1 });

        var first = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1");
        var again = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1");
        var other = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-2");

        (first.Status, again.Status, again.Replayed).Should().Be((202, 202, true));
        (other.Status, other.Body.Text("code")).Should().Be((409, "interaction-already-answered"));
        await rig.RestartAsync();
        (await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1")).Replayed.Should().BeTrue();
        if (when == "after") await rig.UntilAsync(run.Id, "succeeded");
        rig.Received("respond").Should().ContainSingle();
        string[] phases = when == "after" ? ["accepted", "unknown", "applied"] : ["accepted", "unknown"];
        (await rig.HistoryAsync(run.Id)).Select(Phase).Where(phase => phase is not null).Should().Equal(phases);
    }

    [Fact]
    public async Task A_response_that_had_no_effect_after_a_while_frees_the_interaction_and_its_key()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { Timeout = "1s" });
        var run = await rig.StartRunAsync("ask");
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "respond", Kind = "hang", When = "before", Count = 1 });
        (await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1")).Status.Should().Be(202);

        rig.Time.Advance(TimeSpan.FromMinutes(30));
        await CoreRig.UntilAsync(() => rig.Query<string>("SELECT state FROM commands") == "refused");
        var again = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1");

        (again.Status, again.Replayed, again.Body.Text("status")).Should().Be((200, false, "succeeded"));
        (await rig.HistoryAsync(run.Id)).Select(Phase).Where(phase => phase is not null).Should().Equal("accepted", "unknown", "refused", "accepted", "applied");
    }

    [Fact]
    public async Task Of_many_answers_to_one_interaction_one_is_sent()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("ask");

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), i % 2 == 0 ? $"answer-{i}" : null)));

        replies.Count(reply => reply.Status == 200).Should().Be(1);
        replies.Where(reply => reply.Status != 200).Select(reply => reply.Body.Text("code")).Should().AllBe("interaction-already-answered");
        rig.Received("respond").Should().ContainSingle();
        (await rig.HistoryAsync(run.Id)).Select(Phase).Where(phase => phase is not null).Should().Equal("accepted", "applied");
    }

    [Fact]
    public async Task Of_many_commands_with_one_key_at_once_one_is_sent()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.PostAsync($"/v1/runs/{run.Id}/pause", key: "pause-1")));

        replies.Select(reply => reply.Status).Should().OnlyContain(status => status == 200 || status == 202);
        replies.Count(reply => !reply.Replayed).Should().Be(1);
        rig.Received("pause").Should().ContainSingle();
    }

    [Fact]
    public async Task A_refused_answer_shows_the_run_as_it_is_and_leaves_the_interaction_free()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { PollMax = "1h" });
        var run = await rig.StartRunAsync("ask");
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "respond", Kind = "status", Status = 409, Count = 1 });
        rig.Controls.SetStatus("juo", run.Body.Text("vendorRunId")!, "completed");

        var refused = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1");
        var again = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1");

        (refused.Status, refused.Body.Text("code"), refused.Body.GetProperty("run").Text("status")).Should().Be((409, "interaction-not-pending", "succeeded"));
        (again.Status, again.Body.Text("code")).Should().Be((409, "interaction-not-pending"));
        rig.Received("respond").Should().ContainSingle();
        rig.Query<string>("SELECT state FROM commands").Should().Be("refused");
        (await rig.HistoryAsync(run.Id)).Select(Phase).Where(phase => phase is not null).Should().Equal("accepted", "refused");
    }

    [Fact]
    public async Task A_command_that_certainly_did_nothing_may_be_given_again_with_its_key()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("ask");
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "respond", Kind = "status", Status = 429, RetryAfter = "0", Count = 1 });

        var refused = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1");
        var again = await rig.PostAsync($"/v1/runs/{run.Id}/respond", Answer(run.Body), "answer-1");

        (refused.Status, refused.Body.Text("code")).Should().Be((429, "rate-limited"));
        (again.Status, again.Replayed).Should().Be((200, false));
        rig.Received("respond").Select(entry => entry.Processed).Should().Equal(false, true);
    }

    [Fact]
    public async Task A_stop_before_the_vendor_named_its_run_is_sent_once_it_has()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "delay", Seconds = 1, When = "after", Count = 1 });
        var run = await rig.StartRunAsync("talk", prefer: "respond-async");

        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => rig.PostAsync($"/v1/runs/{run.Id}/stop", key: "stop-1")));

        replies.Select(reply => reply.Status).Should().AllBeEquivalentTo(202);
        await rig.UntilAsync(run.Id, "canceled");
        (await rig.PostAsync($"/v1/runs/{run.Id}/stop", key: "stop-1")).Status.Should().Be(200);
        rig.Received("stop").Should().ContainSingle();
        (await rig.HistoryAsync(run.Id)).Select(Phase).Where(phase => phase is not null).Should().Equal("accepted", "accepted", "applied");
    }

    [Fact]
    public async Task A_kept_stop_survives_a_crash_between_binding_and_sending()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");
        await rig.StopGatewayAsync();
        rig.Execute(
            "UPDATE runs SET stop_requested=1; INSERT INTO commands(tenant, id, run_id, kind, state, attempt, actor, request, created_at) " +
            "SELECT tenant, x'01', id, 'stop', 'kept', x'02', 'local', '{}', 0 FROM runs");
        await rig.StartGatewayAsync();

        await rig.UntilAsync(run.Id, "canceled");

        rig.Received("stop").Should().ContainSingle();
        rig.Query<string>("SELECT state FROM commands").Should().Be("applied");
    }

    [Fact]
    public async Task A_kept_stop_of_a_run_that_ended_first_is_settled_without_a_call()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "delay", Seconds = 1, When = "after", Count = 1 });
        var run = await rig.StartRunAsync("at-once", prefer: "respond-async");
        (await rig.PostAsync($"/v1/runs/{run.Id}/stop", key: "stop-1")).Status.Should().Be(202);
        await rig.UntilAsync(run.Id, "succeeded");

        var again = await rig.PostAsync($"/v1/runs/{run.Id}/stop", key: "stop-1");

        (again.Status, again.Replayed, again.Body.Text("status")).Should().Be((200, true, "succeeded"));
        rig.Received("stop").Should().BeEmpty();
        rig.Query<string>("SELECT state FROM commands").Should().Be("refused");
    }

    [Fact]
    public async Task A_refused_kept_stop_is_recorded_and_the_run_goes_on()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "delay", Seconds = 1, When = "after", Count = 1 });
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "stop", Kind = "status", Status = 400, Count = 1 });
        var run = await rig.StartRunAsync("talk", prefer: "respond-async");
        await rig.PostAsync($"/v1/runs/{run.Id}/stop");

        await CoreRig.UntilAsync(() => rig.Query<string>("SELECT state FROM commands") == "refused");

        rig.Received("stop").Should().ContainSingle();
        rig.Controls.End("interactly", rig.Received("start")[0].VendorRunId!);
        await rig.UntilAsync(run.Id, "succeeded");
    }

    private static string? Phase(JsonElement change) => change.Object("command")?.Text("phase");

    private static object Answer(JsonElement run) => new { interactionId = run.GetProperty("interactions")[0].Text("id"), type = "accept" };
}
