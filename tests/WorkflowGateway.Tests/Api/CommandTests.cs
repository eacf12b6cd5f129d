using System.Net;
using System.Text.Json;

namespace WorkflowGateway.Tests.Api;

public sealed class CommandTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task An_answer_is_given_once()
    {
        var run = await gateway.StartWaitingAsync();
        using var answer = await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), Answer(run));
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
        JsonElement.Parse(body).GetProperty("status").GetString().Should().Be("succeeded");
        var problem = await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), Answer(run)).ShouldBeProblemAsync(409, "interaction-already-answered");
        problem.GetProperty("run").GetProperty("status").GetString().Should().Be("succeeded");
        problem.GetProperty("retryable").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task A_run_is_paused_resumed_and_stopped()
    {
        var run = await gateway.StartAsync("patient-intake");
        (await CommandAsync(run, "pause")).Should().Be("paused");
        (await CommandAsync(run, "resume")).Should().Be("running");
        (await CommandAsync(run, "stop")).Should().BeOneOf("stopping", "canceled");
    }

    [Fact]
    public async Task A_stale_version_is_refused_without_a_vendor_call()
    {
        var run = await gateway.StartWaitingAsync();
        var before = Calls("respond");
        var problem = await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), Answer(run), ("If-Match", "\"0\"")).ShouldBeProblemAsync(412, "precondition-failed");
        problem.GetProperty("run").GetProperty("id").GetString().Should().Be(run.GetProperty("id").GetString());
        Calls("respond").Should().Be(before);
        using var current = await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), Answer(run), ("If-Match", $"\"{run.GetProperty("version")}\""));
        current.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("stop")]
    public async Task What_the_vendor_lacks_is_refused_without_a_call(string command)
    {
        var run = await gateway.StartWaitingAsync();
        var before = Calls(command);
        var problem = await gateway.SendAsync(HttpMethod.Post, Path(run, command)).ShouldBeProblemAsync(422, "capability-unsupported");
        problem.Detail().Should().Contain($"Juo has no {command}");
        problem.GetProperty("vendor").GetString().Should().Be("juo");
        Calls(command).Should().Be(before);
    }

    [Fact]
    public async Task Logs_are_for_vendors_that_have_them()
    {
        var run = await gateway.StartWaitingAsync();
        await gateway.SendAsync(HttpMethod.Get, Path(run, "logs")).ShouldBeProblemAsync(422, "capability-unsupported");
        using var logs = await gateway.SendAsync(HttpMethod.Get, Path(await gateway.StartAsync("train-model"), "logs"));
        logs.StatusCode.Should().Be(HttpStatusCode.OK, await logs.Content.ReadAsStringAsync());
        logs.Content.Headers.ContentType!.MediaType.Should().Be("text/plain");
    }

    [Fact]
    public async Task A_command_in_the_wrong_state_says_what_is_possible()
    {
        var run = await gateway.StartAsync("patient-intake");
        var problem = await gateway.SendAsync(HttpMethod.Post, Path(run, "resume")).ShouldBeProblemAsync(409, "action-unavailable");
        problem.Detail().Should().Be("The run is not paused.");
        problem.GetProperty("run").GetProperty("actions").EnumerateArray()
            .Single(action => action.GetProperty("name").GetString() == "pause").GetProperty("enabled").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task An_interaction_that_is_not_pending_and_an_answer_it_does_not_take_are_refused()
    {
        var run = await gateway.StartWaitingAsync();
        await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), new { interactionId = "other", type = "accept" }).ShouldBeProblemAsync(409, "interaction-not-pending");
        var id = run.GetProperty("interactions")[0].GetProperty("id").GetString();
        var problem = await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), new { interactionId = id, type = "acept" }).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().Should().Equal("/type");
    }

    [Theory]
    [InlineData("data", "bogusPart", "{}", "/data/bogusPart")]
    [InlineData("data", "a/b", "1", "/data/a~1b")]
    [InlineData("data", "miscellaneous", "{\"workflowGateway\":{}}", "/data/miscellaneous/workflowGateway")]
    [InlineData("data", "dynamicVariables", "[]", "/data/dynamicVariables")]
    [InlineData("resume", "bogusPart", "{}", "/data/bogusPart")]
    public async Task Data_that_the_vendor_could_only_refuse_is_refused_before_anything_is_stored(string command, string part, string value, string pointer)
    {
        var run = await gateway.StartAsync("patient-intake");
        if (command == "resume") await CommandAsync(run, "pause");
        var before = await gateway.ReadAsync(Path(run, "events"));
        var mark = gateway.Sandbox.Ledger.Count(entry => entry.Operation != "get");
        var body = new { data = new Dictionary<string, JsonElement> { [part] = JsonElement.Parse(value) } };
        var problem = await gateway.SendAsync(HttpMethod.Post, Path(run, command), body, ("Idempotency-Key", pointer + command)).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().Should().Equal(pointer);
        gateway.Sandbox.Ledger.Count(entry => entry.Operation != "get").Should().Be(mark);
        (await gateway.ReadAsync(Path(run, "events"))).GetProperty("events").GetArrayLength().Should().Be(before.GetProperty("events").GetArrayLength());
        problem.GetProperty("run").GetProperty("version").GetInt64().Should().Be(
            before.GetProperty("events").EnumerateArray().Last().GetProperty("data").GetProperty("run").GetProperty("version").GetInt64());
        // The key was not used up either: mended, the request is sent (a running run takes no data, says the vendor).
        using var mended = await gateway.SendAsync(HttpMethod.Post, Path(run, command), new { data = new { dynamicVariables = new { name = "Ada" } } }, ("Idempotency-Key", pointer + command));
        mended.StatusCode.Should().Be(command == "resume" ? HttpStatusCode.OK : HttpStatusCode.Conflict, await mended.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_answer_whose_data_the_vendor_could_only_refuse_leaves_the_interaction_free()
    {
        var run = await gateway.StartWaitingAsync();
        var calls = Calls("respond");
        var id = run.GetProperty("interactions")[0].GetProperty("id").GetString();
        var problem = await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), new { interactionId = id, type = "accept", data = new[] { 1 } }).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().Should().Equal("/data");
        Calls("respond").Should().Be(calls);
        using var answer = await gateway.SendAsync(HttpMethod.Post, Path(run, "respond"), Answer(run));
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_same_command_with_the_same_key_is_done_once()
    {
        var run = await gateway.StartAsync("patient-intake");
        var before = Calls("pause");
        using var first = await gateway.SendAsync(HttpMethod.Post, Path(run, "pause"), null, ("Idempotency-Key", "pause-1"));
        using var second = await gateway.SendAsync(HttpMethod.Post, Path(run, "pause"), null, ("Idempotency-Key", "pause-1"), ("If-Match", "\"0\""));
        second.StatusCode.Should().Be(first.StatusCode);
        second.Headers.GetValues("Idempotent-Replayed").Should().Equal("true");
        Calls("pause").Should().Be(before + 1);
        await gateway.SendAsync(HttpMethod.Post, Path(run, "stop"), null, ("Idempotency-Key", "pause-1")).ShouldBeProblemAsync(422, "idempotency-key-reused");
    }

    private int Calls(string operation) => gateway.Sandbox.Ledger.Count(entry => entry.Operation == operation);

    private async Task<string?> CommandAsync(JsonElement run, string command)
    {
        using var answer = await gateway.SendAsync(HttpMethod.Post, Path(run, command));
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
        return JsonElement.Parse(body).GetProperty("status").GetString();
    }

    private static string Path(JsonElement run, string rest) => $"/v1/runs/{run.GetProperty("id").GetString()}/{rest}";

    private static object Answer(JsonElement run) => new { interactionId = run.GetProperty("interactions")[0].GetProperty("id").GetString(), type = "accept" };
}
