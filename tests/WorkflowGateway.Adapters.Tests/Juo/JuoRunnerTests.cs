using WorkflowGateway.Adapters.Juo;
using WorkflowGateway.Adapters.Tests.Conformance;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Juo;

public sealed class JuoRunnerTests : WorkflowRunnerTests
{
    public override VendorUnderTest Vendor { get; } = new()
    {
        Adapter = new JuoAdapter(),
        BaseUrl = sandbox => new Uri(sandbox.Juo + "/customer/v1"),
        Settings = """{"tenantId":"my-store.myshopify.com"}""",
        Succeeding = Flow(Scenarios.Juo.Skip),
        Failing = Flow(Scenarios.Juo.Failing),
        Endless = Flow(Scenarios.Juo.NeverEnding),
        Waiting = Flow(Scenarios.Juo.Cancellation),
        Input = """{"context":{"subscriptionId":"sub_1"}}""",
        Data = """{"reason":"too dear"}""",
        StatusField = "status",
        RunIdField = "runId",
        UnknownRunId = "6f1c5b1e-3a34-4a52-9c0e-2b7f9a1d0c11",
        Guesses =
        [
            new("respond gives a status", new Switches { JuoRespondOmitsStatus = false }),
            new("a timeout is no new version", new Switches { JuoBumpsVersionOnTimeout = false }),
            new("the customer login's token", new Switches(), CredentialHeader: "Authorization"),
        ],
    };

    [Fact]
    public async Task A_flow_without_a_workflow_is_declined_and_a_silent_one_is_finished()
    {
        await using var bench = await Bench.StartAsync(Vendor);
        (await bench.Runner.StartAsync(bench.NewStart(Flow(Scenarios.Juo.NoWorkflow)), CancellationToken.None)).Should().BeOfType<StartAnswer.Declined>();
        (await bench.Runner.StartAsync(bench.NewStart(Flow(Scenarios.Juo.CompletedSilently)), CancellationToken.None)).Should().BeOfType<StartAnswer.Finished>();
    }

    [Fact]
    public async Task Of_two_answers_to_one_version_the_second_is_a_conflict()
    {
        await using var bench = await Bench.StartAsync(Vendor);
        var run = await bench.StartedAsync(Flow(Scenarios.Juo.Pause));
        var first = (await bench.Runner.GetAsync(run, CancellationToken.None)).Interactions.Single();
        var next = await bench.CommandAsync(bench.Runner, RunOperation.Respond, run, first);
        (await Commands.FailsAsync(() => bench.CommandAsync(bench.Runner, RunOperation.Respond, run, next.Interactions.Single()))).Kind.Should().Be(RunnerErrorKind.Conflict);
        (await bench.CommandAsync(bench.Runner, RunOperation.Respond, next.Run!, next.Interactions.Single())).Status.Should().Be(RunStatus.Succeeded);
    }

    private static string Flow(string flowType) => $$"""{"flowType":"{{flowType}}"}""";
}
