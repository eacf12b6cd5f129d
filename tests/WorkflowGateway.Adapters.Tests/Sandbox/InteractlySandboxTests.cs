using System.Net;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

public sealed class InteractlySandboxTests
{
    // The example answer of the vendor's page. Its comments are left out: a run without comments has an empty list.
    private const string Example = """
        {"workflow_run":{"team_id":"<string>","created_by":"<string>","updated_by":"<string>","created_at":"2023-11-07T05:31:56Z","updated_at":"2023-11-07T05:31:56Z","_id":"5eb7cf5a86d9755df3a6c593",
        "workflow_run":{"logical_id":"<string>","workflow_id":"<string>","status":"not_started",
        "input_output_pairs":[{"run_input":{"dynamic_variables":{},"runtime_variables":{},"miscellaneous":{},"command":"start","workflow_id":"<string>","workflow_run_id":"<string>","thread_to_node_inputs":{}},
        "run_output":{"events":["<unknown>"],"thread_to_node_outputs":{}}}],"comments":[]}}}
        """;

    [Fact]
    public async Task A_run_has_the_members_of_the_published_example()
    {
        await using var rig = await SandboxRig.StartAsync();
        var open = Shape.OpenIn(Example);
        var id = Id((await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart())).Ok);
        rig.Advance(1);
        await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand("data", id));
        var run = (await rig.InteractlyAsync(HttpMethod.Get, $"/{id}")).Ok;
        // Each turn names one of the two ids; the other is null, as the schema allows.
        Shape.Of(run, open).Where(path => !path.EndsWith("Null", StringComparison.Ordinal))
            .Should().BeEquivalentTo(Shape.Of(JsonDocument.Parse(Example).RootElement, open));
    }

    [Fact]
    public async Task Patient_intake_asks_twice_and_keeps_every_input()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart())).Ok);
        var words = new List<string> { await WordAsync(rig, id) };
        for (var turn = 0; turn < 2; turn++)
        {
            rig.Advance(1);
            words.Add(await WordAsync(rig, id));
            (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand("data", id))).Status.Should().Be(HttpStatusCode.OK);
        }

        rig.Advance(1);
        words.Add(await WordAsync(rig, id));
        words.Should().Equal("running", "waiting_for_user_input", "waiting_for_user_input", "completed");
        var pairs = (await rig.InteractlyAsync(HttpMethod.Get, $"/{id}")).Ok.GetProperty("workflow_run").GetProperty("workflow_run").GetProperty("input_output_pairs");
        pairs.EnumerateArray().Select(pair => pair.GetProperty("run_input").GetProperty("miscellaneous").GetProperty("workflowGateway").GetProperty("attemptId").GetString())
            .Should().Equal("att_1", "att_2", "att_2");
        pairs[0].GetProperty("run_input").GetProperty("miscellaneous").GetProperty("own").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task A_pause_keeps_the_rest_of_the_time_and_a_stop_cancels()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart())).Ok);
        rig.Advance(0.4);
        await CommandAsync("pause");
        rig.Advance(100);
        (await WordAsync(rig, id)).Should().Be("paused");
        await CommandAsync("resume");
        rig.Advance(0.5);
        (await WordAsync(rig, id)).Should().Be("running");
        rig.Advance(0.2);
        (await WordAsync(rig, id)).Should().Be("waiting_for_user_input");
        await CommandAsync("stop");
        (await WordAsync(rig, id)).Should().Be("cancelled");
        var late = await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand("resume", id));
        late.Status.Should().Be(HttpStatusCode.Conflict);
        late.Json.GetProperty("error").GetString().Should().Contain("cancelled");

        async Task CommandAsync(string command) =>
            (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand(command, id))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(Scenarios.Interactly.AtOnce, "completed", "completed")]
    [InlineData(Scenarios.Interactly.Failing, "running", "failed")]
    [InlineData(Scenarios.Interactly.Looping, "running", "aborted_looping_risk")]
    [InlineData(Scenarios.Interactly.NeverEnding, "running", "running")]
    [InlineData(Scenarios.Interactly.Queued, "not_started", "completed")]
    public async Task Other_workflows_go_their_way(string workflowId, string first, string last)
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart(workflowId))).Ok);
        (await WordAsync(rig, id)).Should().Be(first);
        rig.Advance(1000);
        (await WordAsync(rig, id)).Should().Be(last);
    }

    [Fact]
    public async Task Without_a_command_it_starts()
    {
        await using var rig = await SandboxRig.StartAsync();
        var body = Bodies.InteractlyStart().Replace("\"command\":\"start\",", "", StringComparison.Ordinal);
        await rig.InteractlyAsync(HttpMethod.Post, body: body);
        rig.Server.ReadLedger("interactly").Single().Should().Match<LedgerEntry>(entry => entry.Operation == "start" && entry.Processed);
    }

    [Fact]
    public async Task The_list_is_a_shallower_projection_newest_first_with_a_total()
    {
        await using var rig = await SandboxRig.StartAsync();
        var ids = new List<string>();
        for (var run = 0; run < 5; run++)
        {
            ids.Add(Id((await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart(run < 4 ? Scenarios.Interactly.PatientIntake : Scenarios.Interactly.Failing))).Ok));
            rig.Advance(1);
        }

        var page = (await rig.InteractlyAsync(HttpMethod.Get, $"?size=3&page=1&workflow_id={Scenarios.Interactly.PatientIntake}&status=waiting_for_user_input")).Ok;
        page.GetProperty("total").GetInt32().Should().Be(4);
        page.GetProperty("workflow_runs").EnumerateArray().Select(row => row.GetProperty("_id").GetString()).Should().Equal(ids[3], ids[2], ids[1]);
        page.GetProperty("workflow_runs")[0].GetProperty("workflow_run").EnumerateObject().Select(member => member.Name).Should().Equal("logical_id", "workflow_id", "status");
        var second = (await rig.InteractlyAsync(HttpMethod.Get, $"?size=3&page=2")).Ok;
        second.GetProperty("workflow_runs").EnumerateArray().Select(row => row.GetProperty("_id").GetString()).Should().Equal(ids[1], ids[0]);

        var window = (await rig.InteractlyAsync(HttpMethod.Get, $"?start={Created(ids[1])}&end={Created(ids[2])}")).Ok;
        window.GetProperty("workflow_runs").EnumerateArray().Select(row => row.GetProperty("_id").GetString()).Should().Equal(ids[2], ids[1]);
        (await rig.InteractlyAsync(HttpMethod.Get, "?page=0")).Status.Should().Be(HttpStatusCode.UnprocessableEntity);

        string Created(string id) => Uri.EscapeDataString(rig.Server.Controls.Runs("interactly").Single(run => run.VendorRunId == id).CreatedAt.ToString("O"));
    }

    [Theory]
    [InlineData("""{"workflow_id":"5eb7cf5a86d9755df3a6c593","thread_to_node_inputs":{}}""", 400, "Found 0 threads in workflow input")]
    [InlineData("""{"workflow_id":"5eb7cf5a86d9755df3a6c593"}""", 400, "Found 0 threads in workflow input")]
    [InlineData("""{"thread_to_node_inputs":{"0":{}}}""", 400, "workflow_id is required")]
    [InlineData("""{"workflow_id":"5eb7cf5a86d9755df3a6c593","workflow_run_id":"5eb7cf5a86d9755df3a6c593","thread_to_node_inputs":{"0":{}}}""", 400, "must not be given")]
    [InlineData("""{"command":"stop"}""", 400, "workflow_run_id is required")]
    [InlineData("""{"command":"stop","workflow_run_id":"5eb7cf5a86d9755df3a6c593"}""", 404, "Workflow run not found")]
    [InlineData("""{"workflow_id":"000000000000000000000000","thread_to_node_inputs":{"0":{}}}""", 404, "Workflow not found")]
    [InlineData("""{"workflow_id":"short"}""", 422, "string_pattern_mismatch")]
    [InlineData("""{"command":"begin"}""", 422, "enum")]
    [InlineData("""{"dynamic_variables":[]}""", 422, "dict_type")]
    [InlineData("[]", 422, "model_attributes_type")]
    public async Task A_bad_input_is_refused(string body, int status, string words)
    {
        await using var rig = await SandboxRig.StartAsync();
        var refused = await rig.InteractlyAsync(HttpMethod.Post, body: body);
        ((int)refused.Status).Should().Be(status, refused.Text);
        refused.Text.Should().Contain(words);
        rig.Server.ReadLedger("interactly").Single().Processed.Should().BeFalse();
    }

    [Fact]
    public async Task A_deleted_run_is_gone_and_credentials_are_asked_for()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = Id((await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart())).Ok);
        var url = $"{rig.Server.Interactly}/workflows/v1/workflow-runs/{id}";
        (await rig.SendAsync(HttpMethod.Get, url, null)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await rig.SendAsync(HttpMethod.Get, url, null, ("Authorization", "Bearer refused"))).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await rig.InteractlyAsync(HttpMethod.Delete, $"/{id}")).Status.Should().Be(HttpStatusCode.NoContent);
        (await rig.InteractlyAsync(HttpMethod.Get, $"/{id}")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_switch_hides_the_marker()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Switches = new Switches { InteractlyEchoesMarker = false };
        (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart())).Ok.GetRawText().Should().Contain("Ada").And.NotContain("att_1");
    }

    private static string Id(JsonElement answer) => answer.GetProperty("workflow_run").GetProperty("_id").GetString()!;

    private static async Task<string> WordAsync(SandboxRig rig, string id) =>
        (await rig.InteractlyAsync(HttpMethod.Get, $"/{id}")).Ok.GetProperty("workflow_run").GetProperty("workflow_run").GetProperty("status").GetString()!;
}
