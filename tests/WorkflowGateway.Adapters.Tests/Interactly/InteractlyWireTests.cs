using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Interactly;

public sealed class InteractlyWireTests
{
    private const string Marker = "\"workflowGateway\":{\"runId\":\"run_01\",\"attemptId\":\"a1\"}";
    private const string Seed = "\"thread_to_node_inputs\":{\"0\":{\"node_run_inputs\":[]}}";

    [Theory]
    [InlineData("{}", $$$"""{"miscellaneous":{{{{Marker}}}},"command":"start","workflow_id":"5eb7cf5a86d9755df3a6c5aa",{{{Seed}}}}""")]
    [InlineData(
        """{"dynamicVariables":{"Name":"Ada","empty":null},"threadToNodeInputs":{}}""",
        $$$"""{"dynamic_variables":{"Name":"Ada","empty":null},"miscellaneous":{{{{Marker}}}},"command":"start","workflow_id":"5eb7cf5a86d9755df3a6c5aa",{{{Seed}}}}""")]
    [InlineData(
        """{"dynamicVariables":{},"runtimeVariables":{"a":[1]},"miscellaneous":{"own":1},"threadToNodeInputs":{"1":{"node_run_inputs":[{"x":2}]}}}""",
        $$$$$"""{"dynamic_variables":{},"runtime_variables":{"a":[1]},"miscellaneous":{"own":1,{{{{{Marker}}}}}},"command":"start","workflow_id":"5eb7cf5a86d9755df3a6c5aa","thread_to_node_inputs":{"1":{"node_run_inputs":[{"x":2}]}}}""")]
    public async Task A_start_is_sent_word_for_word(string input, string body)
    {
        await using var server = RawServer.Answering(Sample.Answer("not_started"));
        using var runner = Sample.Connect(server, new Dictionary<string, string> { ["teamid"] = "team", ["uuid"] = "user", ["X-Interactly-API-Version"] = "2026-04-01" });
        var answer = await runner.StartAsync(Sample.Start(input), CancellationToken.None);
        answer.Should().BeOfType<StartAnswer.Started>().Which.Run.Should().Be(Sample.Run);
        answer.Snapshot.Status.Should().Be(RunStatus.Pending);
        var request = server.Requests.Should().ContainSingle().Subject;
        (request.Method, request.Path, request.Body).Should().Be(("POST", "/base/v1/workflow-runs", body));
        request.Headers["Authorization"].Should().Equal("Bearer token");
        request.Headers["Content-Type"].Should().Equal("application/json");
        (request.Headers["teamid"].Single(), request.Headers["uuid"].Single(), request.Headers["X-Interactly-API-Version"].Single())
            .Should().Be(("team", "user", "2026-04-01"));
        runner.PreviewStart(Sample.Start(input)).Should().BeEquivalentTo(new { Method = HttpMethod.Post, Path = "v1/workflow-runs" });
    }

    [Theory]
    [InlineData("data", """{"dynamicVariables":{"a":1}}""", "\"dynamic_variables\":{\"a\":1},")]
    [InlineData("resume", null, "")]
    [InlineData("resume", """{"runtimeVariables":{"a":1}}""", "\"runtime_variables\":{\"a\":1},")]
    [InlineData("pause", null, "")]
    [InlineData("stop", null, "")]
    public async Task A_command_is_named_and_names_its_run_and_nothing_else(string command, string? data, string parts)
    {
        await using var server = RawServer.Answering(Sample.Answer("cancelled"));
        using var runner = Sample.Connect(server);
        var (run, json) = (Sample.Run, data is null ? (System.Text.Json.JsonElement?)null : Sample.Json(data));
        var snapshot = await (command switch
        {
            "data" => runner.SendDataAsync(new() { Run = run, Marker = Sample.Marker, Data = json!.Value }, CancellationToken.None),
            "resume" => runner.ResumeAsync(new() { Run = run, Marker = Sample.Marker, Data = json }, CancellationToken.None),
            "pause" => runner.PauseAsync(new() { Run = run, Marker = Sample.Marker }, CancellationToken.None),
            _ => runner.StopAsync(new() { Run = run, Marker = Sample.Marker }, CancellationToken.None),
        });
        snapshot.Status.Should().Be(RunStatus.Canceled);
        var request = server.Requests.Should().ContainSingle().Subject;
        (request.Method, request.Path, request.Body).Should().Be((
            "POST", "/base/v1/workflow-runs",
            $$$"""{{{{parts}}}"miscellaneous":{{{{Marker}}}},"command":"{{{command}}}","workflow_run_id":"{{{Sample.RunId}}}",{{{Seed}}}}"""));
    }

    [Fact]
    public async Task A_response_is_data_for_the_turn_that_waits()
    {
        await using var server = RawServer.Answering(Sample.Answer("waiting_for_user_input"));
        using var runner = Sample.Connect(server);
        await runner.RespondAsync(Respond("turn-1", """{"dynamicVariables":{"name":"Ada"}}"""), CancellationToken.None);
        server.Requests.Select(request => $"{request.Method} {request.Path} {request.Body}").Should().Equal(
            $"GET /base/v1/workflow-runs/{Sample.RunId} ",
            $$$"""POST /base/v1/workflow-runs {"dynamic_variables":{"name":"Ada"},"miscellaneous":{{{{Marker}}}},"command":"data","workflow_run_id":"{{{Sample.RunId}}}",{{{Seed}}}}""");
    }

    [Theory]
    [InlineData("turn-0", "waiting_for_user_input")]
    [InlineData("turn-2", "waiting_for_user_input")]
    [InlineData("turn-1", "running")]
    public async Task A_response_to_another_turn_is_a_conflict_and_sends_nothing(string interaction, string status)
    {
        await using var server = RawServer.Answering(Sample.Answer(status));
        using var runner = Sample.Connect(server);
        (await Sample.Fails(() => runner.RespondAsync(Respond(interaction, "{}"), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Conflict);
        server.Requests.Should().OnlyContain(request => request.Method == "GET");
    }

    [Fact]
    public async Task A_list_is_filtered_and_paged()
    {
        var row = $$$$"""{"_id":"{{{{Sample.RunId}}}}","created_at":"2023-11-07T05:31:56Z","workflow_run":{"logical_id":"x","workflow_id":"{{{{Sample.WorkflowId}}}}","status":"running"}}""";
        var other = row.Replace(Sample.WorkflowId, "5eb7cf5a86d9755df3a6c5bb", StringComparison.Ordinal);
        await using var server = RawServer.Answering($$"""{"workflow_runs":[{{row}},{{other}},null],"total":5}""");
        using var runner = Sample.Connect(server);
        var query = new ListRuns
        {
            Target = Sample.Start().Target,
            Limit = 3,
            CreatedFrom = new(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1)),
            CreatedTo = new(2026, 1, 3, 3, 4, 5, TimeSpan.Zero),
        };
        var first = await runner.ListAsync(query, CancellationToken.None);
        first.Runs.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Sample.Run, Status = RunStatus.Running, NativeStatus = "running" });
        var second = await runner.ListAsync(query with { Cursor = first.Next }, CancellationToken.None);
        second.Next.Should().BeNull();
        var filter = $"workflow_id={Sample.WorkflowId}&start=2026-01-02T03%3A04%3A05.000Z&end=2026-01-03T03%3A04%3A05.000Z&size=3&page=";
        server.Requests.Select(request => request.Path).Should().Equal($"/base/v1/workflow-runs?{filter}1", $"/base/v1/workflow-runs?{filter}2");
        (await Sample.Fails(() => runner.ListAsync(query with { Cursor = first.Next, Limit = 4 }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
    }

    [Theory]
    [InlineData("""{"workflow_runs":[],"total":9}""", false)]
    [InlineData("""{"workflow_runs":[null],"total":null}""", true)]
    [InlineData("""{"workflow_runs":[null],"total":1}""", false)]
    [InlineData("""{"workflow_runs":[null]}""", true)]
    public async Task A_list_ends(string answer, bool more)
    {
        await using var server = RawServer.Answering(answer);
        using var runner = Sample.Connect(server);
        (await runner.ListAsync(new ListRuns { Limit = 1 }, CancellationToken.None)).Next.Should().Be(more ? "2x1" : null);
    }

    [Theory]
    [InlineData("""{"workflow_run":{"workflow_run":{"status":"running"}}}""")]
    [InlineData("[]")]
    public async Task An_answer_without_a_run_leaves_a_start_unconfirmed_and_a_read_senseless(string answer)
    {
        await using var server = RawServer.Answering(answer);
        using var runner = Sample.Connect(server);
        (await Sample.Fails(() => runner.StartAsync(Sample.Start(), CancellationToken.None)))
            .Should().BeEquivalentTo(new { Kind = RunnerErrorKind.Unconfirmed, VendorStatus = 200, Evidence = answer });
        (await Sample.Fails(() => runner.StopAsync(new() { Run = Sample.Run, Marker = Sample.Marker }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        (await Sample.Fails(() => runner.GetAsync(Sample.Run, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Contract);
        (await Sample.Fails(() => runner.ListAsync(new ListRuns(), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Contract);
    }

    private static RespondToRun Respond(string interaction, string data) => new()
    {
        Run = Sample.Run,
        Marker = Sample.Marker,
        InteractionId = interaction,
        Type = "input",
        Data = Sample.Json(data),
    };
}
