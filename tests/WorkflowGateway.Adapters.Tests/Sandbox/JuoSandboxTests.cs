using System.Net;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

public sealed class JuoSandboxTests
{
    // The example answer of the vendor's respond page, word for word: it has no status.
    private const string Example = """
        {"workflowId":"<string>","workflowVersion":123,"runId":"<string>","runVersion":123,
        "pendingInteraction":{"interactionId":"<string>","stepId":"<string>","actionType":"<string>","actionBehavior":"input","actionConfig":{},"availableResponses":[{"type":"<string>","label":"<string>"}],"presentedAt":"2023-11-07T05:31:56Z","timeoutMs":123},
        "interactiveSteps":[{"stepId":"<string>","actionType":"<string>","actionConfig":{},"availableResponses":[{"type":"<string>","label":"<string>"}]}],
        "result":{},"error":{"message":"<string>","code":"<string>"},"invalidatedResources":["<string>"],"outcome":{"type":"<string>","message":"<string>"},
        "completionData":{"outcome":{"type":"<string>","message":"<string>"},"endStep":{"id":"<string>","category":"<string>","label":"<string>"}}}
        """;

    [Fact]
    public async Task Answers_together_have_every_member_of_the_published_example_and_no_other_but_status()
    {
        await using var rig = await SandboxRig.StartAsync();
        var open = Shape.OpenIn(Example);
        var seen = new HashSet<string>();
        foreach (var flow in new[] { Scenarios.Juo.Pause, Scenarios.Juo.Skip, Scenarios.Juo.Failing, Scenarios.Juo.Cancellation })
        {
            var started = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(flow))).Ok;
            rig.Advance(130);
            var read = (await rig.JuoAsync(HttpMethod.Get, Id(started))).Ok;
            seen.UnionWith(Shape.Of(started, open).Concat(Shape.Of(read, open)));
        }

        seen.Should().BeEquivalentTo(Shape.Of(JsonDocument.Parse(Example).RootElement, open).Append(".status: String"));
    }

    [Fact]
    public async Task A_cancellation_waits_is_answered_without_a_status_and_completes()
    {
        await using var rig = await SandboxRig.StartAsync();
        var started = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Cancellation))).Ok;
        started.GetProperty("status").GetString().Should().Be("waiting_interaction");

        var answered = (await RespondAsync(rig, started, "accept", 1)).Ok;
        answered.TryGetProperty("status", out _).Should().BeFalse();
        answered.GetProperty("runVersion").GetInt32().Should().Be(2);

        var read = (await rig.JuoAsync(HttpMethod.Get, Id(started))).Ok;
        read.GetProperty("status").GetString().Should().Be("completed");
        read.GetProperty("outcome").GetProperty("type").GetString().Should().Be("retained");
    }

    [Fact]
    public async Task The_switch_puts_the_status_into_the_answer()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Switches = new Switches { JuoRespondOmitsStatus = false };
        var started = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Pause))).Ok;
        (await RespondAsync(rig, started, "one_month")).Ok.GetProperty("status").GetString().Should().Be("waiting_interaction");
    }

    [Theory, InlineData(true, 3), InlineData(false, 1)]
    public async Task An_interaction_times_out_with_or_without_a_new_version(bool bumps, int version)
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Switches = new Switches { JuoBumpsVersionOnTimeout = bumps };
        var started = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Pause))).Ok;
        rig.Advance(59);
        (await rig.JuoAsync(HttpMethod.Get, Id(started))).Text.Should().Contain("step_length\",\"actionType").And.Contain(Interaction(started));
        rig.Advance(62);
        var read = (await rig.JuoAsync(HttpMethod.Get, Id(started))).Ok;
        read.GetProperty("status").GetString().Should().Be("completed");
        read.GetProperty("runVersion").GetInt32().Should().Be(version);
    }

    [Theory]
    [InlineData(Scenarios.Juo.NoWorkflow, """{"status":"no_workflow","fallbackToDefault":true}""")]
    [InlineData("a flow nobody published", """{"status":"no_workflow","fallbackToDefault":true}""")]
    public async Task A_flow_without_a_workflow_makes_no_run(string flow, string answer)
    {
        await using var rig = await SandboxRig.StartAsync();
        (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(flow))).Text.Should().Be(answer);
        rig.Server.Controls.Runs("juo").Should().BeEmpty();
    }

    [Fact]
    public async Task A_silent_completion_names_no_run()
    {
        await using var rig = await SandboxRig.StartAsync();
        var answer = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.CompletedSilently))).Ok;
        answer.GetProperty("status").GetString().Should().Be("completed_silently");
        answer.TryGetProperty("runId", out _).Should().BeFalse();
    }

    [Fact]
    public async Task A_dry_run_leaves_nothing()
    {
        await using var rig = await SandboxRig.StartAsync();
        var tried = (await rig.JuoAsync(HttpMethod.Post, "start", """{"flowType":"skip","context":{},"dryRun":true}""")).Ok;
        (await rig.JuoAsync(HttpMethod.Get, Id(tried))).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"context":{}}""", "body must have required property 'flowType'")]
    [InlineData("""{"flowType":"skip"}""", "body must have required property 'context'")]
    [InlineData("""{"flowType":"skip","context":[]}""", "body/context must be object")]
    [InlineData("""{"flowType":"skip","context":{},"dryRun":"yes"}""", "body/dryRun must be boolean")]
    [InlineData("""{"flowType":""", "body must be object")]
    public async Task A_start_that_breaks_the_schema_is_refused(string body, string message)
    {
        await using var rig = await SandboxRig.StartAsync();
        var refused = await rig.JuoAsync(HttpMethod.Post, "start", body);
        refused.Status.Should().Be(HttpStatusCode.BadRequest);
        refused.Json.GetProperty("message").GetString().Should().Be(message);
        rig.Server.ReadLedger("juo").Should().ContainSingle().Which.Processed.Should().BeFalse();
    }

    [Fact]
    public async Task Answers_that_do_not_fit_the_run_are_refused_and_change_nothing()
    {
        await using var rig = await SandboxRig.StartAsync();
        var started = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Cancellation))).Ok;
        (await RespondAsync(rig, started, "accept", version: 7)).Status.Should().Be(HttpStatusCode.Conflict);
        (await RespondAsync(rig, started, "perhaps")).Status.Should().Be(HttpStatusCode.BadRequest);
        (await RespondAsync(rig, started, "accept", interaction: "other")).Status.Should().Be(HttpStatusCode.NotFound);
        (await rig.JuoAsync(HttpMethod.Get, Id(started), tenant: "another")).Status.Should().Be(HttpStatusCode.NotFound);
        (await rig.JuoAsync(HttpMethod.Get, "not-a-uuid")).Status.Should().Be(HttpStatusCode.BadRequest);
        (await RespondAsync(rig, started, "decline")).Status.Should().Be(HttpStatusCode.OK);
        (await RespondAsync(rig, started, "decline")).Status.Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Credentials_and_tenant_are_asked_for()
    {
        await using var rig = await SandboxRig.StartAsync();
        var url = $"{rig.Server.Juo}/customer/v1/workflows/{Guid.Empty}";
        var tenant = ("X-Tenant-ID", "demo");
        (await rig.SendAsync(HttpMethod.Get, url, null, tenant)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await rig.SendAsync(HttpMethod.Get, url, null, tenant, ("X-Delegated-Token", "refused"))).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await rig.SendAsync(HttpMethod.Get, url, null, tenant, ("Authorization", "Basic x"))).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await rig.SendAsync(HttpMethod.Get, url, null, tenant, ("Authorization", "Bearer x"))).Status.Should().Be(HttpStatusCode.NotFound);
        (await rig.SendAsync(HttpMethod.Get, url, null, ("X-Delegated-Token", "x"))).Text
            .Should().Be("""{"statusCode":400,"code":"FST_ERR_VALIDATION","error":"Bad Request","message":"headers must have required property 'x-tenant-id'"}""");
    }

    private static Task<Reply> RespondAsync(SandboxRig rig, JsonElement started, string response, int version = 1, string? interaction = null) => rig.JuoAsync(
        HttpMethod.Post, $"{Id(started)}/respond",
        $$"""{"interactionId":"{{interaction ?? Interaction(started)}}","responseType":"{{response}}","responseData":{},"expectedRunVersion":{{version}}}""");

    private static string Id(JsonElement run) => run.GetProperty("runId").GetString()!;

    private static string Interaction(JsonElement run) => run.GetProperty("pendingInteraction").GetProperty("interactionId").GetString()!;
}
