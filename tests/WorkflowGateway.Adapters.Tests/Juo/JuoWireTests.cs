using System.Text.Json;
using WorkflowGateway.Adapters.Juo;
using WorkflowGateway.Adapters.Tests.Contract;
using static WorkflowGateway.Adapters.Tests.Juo.JuoExamples;

namespace WorkflowGateway.Adapters.Tests.Juo;

/// <summary>What goes over the wire, to the byte, against the published pages.</summary>
public sealed class JuoWireTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Start_sends_what_the_page_says()
    {
        await using var server = RawServer.Answering(State("running"));
        await Runner(server.Url).StartAsync(Start(), None);
        var request = server.Requests.Single();
        (request.Method, request.Path).Should().Be(("POST", "/base/workflows/start"));
        request.Body.Should().Be("""{"flowType":"cancellation","context":{"subscriptionId":"sub_1"}}""");
        request.Headers["Content-Type"].Should().Equal("application/json");
        request.Headers["X-Delegated-Token"].Should().Equal("delegated");
        request.Headers["X-Tenant-ID"].Should().Equal("my-store.myshopify.com");
        request.Headers.Contains("Authorization").Should().BeFalse();
    }

    [Fact]
    public async Task Start_sends_the_optional_members_only_when_they_have_a_value()
    {
        await using var server = RawServer.Answering(State("running"));
        await Runner(server.Url).StartAsync(Start("""{"flowType":"skip","workflowId":"wf_1"}""", "{}", dryRun: true), None);
        server.Requests.Single().Body.Should().Be("""{"flowType":"skip","context":{},"workflowId":"wf_1","dryRun":true}""");
    }

    [Fact]
    public async Task The_preview_is_what_start_sends()
    {
        await using var server = RawServer.Answering(State("running"));
        var runner = Runner(server.Url);
        var preview = ((IStartPreview)runner).PreviewStart(Start());
        server.Requests.Should().BeEmpty();
        await runner.StartAsync(Start(), None);
        preview.Path.Should().Be("workflows/start");
        preview.Body!.Value.GetRawText().Should().Be(server.Requests.Single().Body);
    }

    [Fact]
    public async Task Get_reads_the_run()
    {
        await using var server = RawServer.Answering(State("failed"));
        var snapshot = await Runner(server.Url).GetAsync(Run(), None);
        var request = server.Requests.Single();
        (request.Method, request.Path, request.Body).Should().Be(("GET", $"/base/workflows/{RunId}", ""));
        request.Headers["X-Tenant-ID"].Should().Equal("my-store.myshopify.com");
        snapshot.Status.Should().Be(RunStatus.Failed);
        JsonElement.DeepEquals(snapshot.Native, Json(State("failed"))).Should().BeTrue();
    }

    [Theory]
    [InlineData("3", "3")]
    [InlineData("3.5", "3.5")]
    [InlineData(null, null)]
    public async Task Respond_sends_the_version_whenever_it_is_known_and_as_a_number(string? version, string? number)
    {
        await using var server = RawServer.Answering(State("running"));
        await Runner(server.Url).RespondAsync(Respond(Run(version), Json("""{"reason":"too dear"}""")), None);
        var request = server.Requests.Single();
        (request.Method, request.Path).Should().Be(("POST", $"/base/workflows/{RunId}/respond"));
        request.Body.Should().Be("""{"interactionId":"int-1","responseType":"accept","responseData":{"reason":"too dear"}"""
            + (number is null ? "" : $",\"expectedRunVersion\":{number}") + "}");
    }

    [Fact]
    public async Task A_respond_answer_without_status_but_with_an_interaction_waits()
    {
        await using var server = RawServer.Answering(WithoutStatus);
        var snapshot = await Runner(server.Url).RespondAsync(Respond(), None);
        (snapshot.Status, snapshot.Reason, snapshot.NativeStatus).Should().Be((RunStatus.Waiting, "interaction", null));
        server.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData(200, RunStatus.Succeeded)]
    [InlineData(500, RunStatus.Unknown)]
    [InlineData(404, RunStatus.Unknown)]
    public async Task A_respond_answer_that_tells_nothing_is_read_again_and_never_becomes_an_error(int status, RunStatus expected)
    {
        await using var server = RawServer.Start(exchange => exchange.Request.Method == "POST"
            ? exchange.AnswerAsync(200, $$"""{"runId":"{{RunId}}","runVersion":4}""")
            : exchange.AnswerAsync(status, State("completed")));
        var snapshot = await Runner(server.Url).RespondAsync(Respond(), None);
        snapshot.Status.Should().Be(expected);
        snapshot.Run!.VendorRunId.Should().Be(RunId);
        server.Requests.Select(request => request.Method).Should().Equal("POST", "GET");
    }

    [Theory, InlineData("Authorization", null, "Bearer delegated"), InlineData("authorization", "", "delegated"), InlineData(null, "Token", "Token delegated")]
    public async Task The_credential_goes_where_the_connection_says(string? header, string? scheme, string sent)
    {
        await using var server = RawServer.Answering(State("running"));
        var connection = Connection(server.Url) with { CredentialHeader = header, CredentialScheme = scheme };
        await new JuoAdapter().Connect(connection, TimeProvider.System).GetAsync(Run(), None);
        server.Requests.Single().Headers[header ?? "X-Delegated-Token"].Should().Equal(sent);
    }

    [Fact]
    public async Task Each_call_takes_the_token_of_its_own_customer()
    {
        await using var server = RawServer.Answering(State("running"));
        var runner = Runner(server.Url);
        var ada = new Subject("ada", new Secret("adas"));
        await runner.StartAsync(Start() with { Subject = ada }, None);
        await runner.GetAsync(Run(subject: ada), None);
        await runner.RespondAsync(Respond(Run(subject: ada)), None);
        server.Requests.SelectMany(request => request.Headers["X-Delegated-Token"]).Should().Equal("adas", "adas", "adas");
    }

    [Theory]
    [InlineData("""{"flowType":5}""", """{"context":{}}""", "/target/flowType")]
    [InlineData("{}", """{"context":{}}""", "/target/flowType")]
    [InlineData("""{"flowType":"a","workflowId":1}""", """{"context":{}}""", "/target/workflowId")]
    [InlineData("""{"flowType":"a"}""", """{"context":[]}""", "/input/context")]
    [InlineData("""{"flowType":"a"}""", """{"context":"x"}""", "/input/context")]
    [InlineData("""{"flowType":"a"}""", """{"contxt":{}}""", "/input/contxt")]
    public async Task A_start_that_juo_could_only_refuse_is_refused_before_any_call(string target, string input, string pointer)
    {
        await using var server = RawServer.Answering("{}");
        var error = await Caller.Fails(() => Runner(server.Url).StartAsync(Start(target, input), None));
        (error.Kind, error.Pointer).Should().Be((RunnerErrorKind.Invalid, pointer));
        server.Requests.Should().BeEmpty();
    }

    [Theory, InlineData("[]", "1", "/data"), InlineData("{}", "one", null)]
    public async Task A_response_that_juo_could_only_refuse_is_refused_before_any_call(string data, string version, string? pointer)
    {
        await using var server = RawServer.Answering("{}");
        var error = await Caller.Fails(() => Runner(server.Url).RespondAsync(Respond(Run(version), Json(data)), None));
        (error.Kind, error.Pointer).Should().Be((RunnerErrorKind.Invalid, pointer));
        server.Requests.Should().BeEmpty();
    }
}
