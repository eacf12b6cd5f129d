using WorkflowGateway.Adapters.Interactly;
using WorkflowGateway.Adapters.Tests.Contract;

namespace WorkflowGateway.Adapters.Tests.Interactly;

/// <summary>What is refused before anything is sent.</summary>
public sealed class InteractlyRefusalTests
{
    [Theory]
    [InlineData("[]", "/input")]
    [InlineData("\"text\"", "/input")]
    [InlineData("""{"dynamicVariable":{}}""", "/input/dynamicVariable")]
    [InlineData("""{"dynamic_variables":{}}""", "/input/dynamic_variables")]
    [InlineData("""{"dynamicVariables":"Ada"}""", "/input/dynamicVariables")]
    [InlineData("""{"runtimeVariables":null}""", "/input/runtimeVariables")]
    [InlineData("""{"threadToNodeInputs":[]}""", "/input/threadToNodeInputs")]
    [InlineData("""{"miscellaneous":{"workflowGateway":{}}}""", "/input/miscellaneous/workflowGateway")]
    [InlineData("""{"miscellaneous":{"workflowGateway":null}}""", "/input/miscellaneous/workflowGateway")]
    public async Task Odd_input(string input, string pointer) => (await Refused(runner => runner.StartAsync(Sample.Start(input), CancellationToken.None)))
        .Should().BeEquivalentTo(new { Kind = RunnerErrorKind.Invalid, Pointer = pointer });

    [Theory]
    [InlineData("""{"workflowId":"${input.workflow}"}""", "/target/workflowId")]
    [InlineData("""{"workflowId":"5eb7cf5a86d9755df3a6c59"}""", "/target/workflowId")]
    [InlineData("""{"workflowId":7}""", "/target/workflowId")]
    [InlineData("{}", "/target/workflowId")]
    public async Task A_target_that_came_out_wrong(string target, string pointer) =>
        (await Refused(runner => runner.StartAsync(Sample.Start(target: target), CancellationToken.None)))
            .Should().BeEquivalentTo(new { Kind = RunnerErrorKind.Invalid, Pointer = pointer });

    [Fact]
    public async Task Half_a_surrogate_pair()
    {
        string[] broken = ["""{"dynamicVariables":{"a":"\ud800"}}""", """{"\ud800":{}}""", """{"miscellaneous":{"\udc00":1}}""", """{"dynamicVariables":{"a\ud800":1}}"""];
        foreach (var input in broken)
            (await Refused(runner => runner.StartAsync(Sample.Start(input), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await Refused(runner => runner.StartAsync(Sample.Start(target: """{"workflowId":"\ud800"}"""), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await Refused(runner => runner.StartAsync(Sample.Start(target: """{"\ud800":1}"""), CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
    }

    [Fact]
    public async Task A_suggestion_goes_with_it() =>
        (await Refused(runner => runner.SendDataAsync(new() { Run = Sample.Run, Marker = Sample.Marker, Data = Sample.Json("""{"dynamicVars":{}}""") }, CancellationToken.None)))
            .Should().BeEquivalentTo(new { Pointer = "/data/dynamicVars", Message = "/data/dynamicVars: There is no member \"dynamicVars\" here. Did you mean \"dynamicVariables\"?" });

    [Fact]
    public async Task Another_type_of_response() => (await Refused(runner => runner.RespondAsync(
        new() { Run = Sample.Run, Marker = Sample.Marker, InteractionId = "turn-1", Type = "accept" }, CancellationToken.None)))
        .Should().BeEquivalentTo(new { Kind = RunnerErrorKind.Invalid, Pointer = "/type" });

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("5eb7cf5a86d9755df3a6c593\n")]
    [InlineData("workflow_run_5eb7cf5a86d9")]
    public async Task A_run_id_of_another_form(string id)
    {
        var run = new RunRef(id, null, null);
        (await Refused(runner => runner.GetAsync(run, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await Refused(runner => runner.StopAsync(new() { Run = run, Marker = Sample.Marker }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
    }

    [Fact]
    public async Task A_dry_run() =>
        (await Refused(runner => runner.StartAsync(Sample.Start() with { DryRun = true }, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unsupported);

    [Theory]
    [InlineData("""{"workflowId":"5eb7cf5a86d9755df3a6c593"}""")]
    [InlineData("""{"workflowId":"5EB7CF5A86D9755DF3A6C593"}""")]
    [InlineData("""{"workflowId":"${labels.workflow}"}""")]
    public void Good_targets_pass(string target) => new InteractlyAdapter().CheckTarget(Sample.Json(target)).Should().BeEmpty();

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{}", "/workflowId")]
    [InlineData("""{"workflowId":"$${x}"}""", "/workflowId")]
    [InlineData("""{"workflow_id":"5eb7cf5a86d9755df3a6c593","flowType":"x"}""", "/workflow_id /flowType /workflowId")]
    public void Everything_wrong_with_a_target_is_said_at_once(string target, string pointers) =>
        string.Join(' ', new InteractlyAdapter().CheckTarget(Sample.Json(target)).Select(problem => problem.Pointer)).Should().Be(pointers);

    [Fact]
    public void A_connection_has_no_members_of_its_own_and_its_team_is_its_account()
    {
        var adapter = new InteractlyAdapter();
        var connection = new VendorConnection { Name = "a", BaseUrl = new("http://127.0.0.1"), Timeout = adapter.DefaultTimeout };
        adapter.CheckConnection(connection).Should().BeEmpty();
        adapter.AccountOf(connection).Should().BeEmpty();
        adapter.AccountOf(connection with { Headers = new Dictionary<string, string> { ["TeamId"] = "team" } }).Should().Be("team");
        adapter.CheckConnection(connection with { Settings = Sample.Json("""{"teamid":"x"}""") }).Should().ContainSingle().Which.Pointer.Should().Be("/teamid");
    }

    private static async Task<RunnerError> Refused(Func<InteractlyRunner, Task> call)
    {
        await using var server = RawServer.Answering(Sample.Answer());
        using var runner = Sample.Connect(server);
        var error = await Sample.Fails(() => call(runner));
        server.Requests.Should().BeEmpty();
        return error;
    }
}
