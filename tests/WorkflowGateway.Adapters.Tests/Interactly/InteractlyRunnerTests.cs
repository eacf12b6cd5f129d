using WorkflowGateway.Adapters.Interactly;
using WorkflowGateway.Adapters.Tests.Conformance;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Interactly;

public sealed class InteractlyRunnerTests : WorkflowRunnerTests
{
    public override VendorUnderTest Vendor { get; } = new()
    {
        Adapter = new InteractlyAdapter(),
        BaseUrl = sandbox => new Uri(sandbox.Interactly + "/workflows"),
        Succeeding = Workflow(Scenarios.Interactly.Queued),
        Failing = Workflow(Scenarios.Interactly.Failing),
        Endless = Workflow(Scenarios.Interactly.NeverEnding),
        Waiting = Workflow(Scenarios.Interactly.PatientIntake),
        Input = """{"dynamicVariables":{"name":"Ada"}}""",
        Data = """{"runtimeVariables":{"answer":"1815-12-10"}}""",
        StatusField = "workflow_run.workflow_run.status",
        RunIdField = "workflow_run._id",
        UnknownRunId = "5eb7cf5a86d9755df3a6cfff",
        Guesses = [new("the marker is not echoed", new Switches { InteractlyEchoesMarker = false })],
    };

    [Fact]
    public async Task An_unconfirmed_start_is_found_by_its_marker()
    {
        await using var bench = await Bench.StartAsync(Vendor);
        await bench.StartedAsync(Vendor.Endless);
        var lost = bench.NewStart(Vendor.Endless);
        bench.Fault(new Fault { Kind = "reset", When = "after", Operation = "start" });
        (await Sample.Fails(() => bench.Runner.StartAsync(lost, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        var rows = (await bench.Runner.ListAsync(new ListRuns { Target = lost.Target }, CancellationToken.None)).Runs;
        rows.Should().HaveCount(2).And.OnlyContain(row => row.Markers.Count == 0, "rows are projections");
        var read = await Task.WhenAll(rows.Select(row => bench.Runner.GetAsync(row.Run!, CancellationToken.None)));
        read.Should().ContainSingle(run => run.Markers.Contains(lost.Marker));
    }

    [Fact]
    public async Task A_looping_run_has_failed_for_that_reason()
    {
        await using var bench = await Bench.StartAsync(Vendor);
        var ended = await bench.UntilAsync(await bench.StartedAsync(Workflow(Scenarios.Interactly.Looping)), seen => seen.Status.IsFinal());
        (ended.Status, ended.Reason, ended.Error!.Code).Should().Be((RunStatus.Failed, "looping-risk", "aborted_looping_risk"));
    }

    [Fact]
    public async Task Each_turn_is_answered_by_its_own_id()
    {
        await using var bench = await Bench.StartAsync(Vendor);
        var run = await bench.StartedAsync(Vendor.Waiting!);
        foreach (var turn in new[] { "turn-1", "turn-2" })
        {
            var waiting = await bench.UntilAsync(run, seen => seen.Status is RunStatus.Waiting);
            waiting.Interactions.Should().ContainSingle().Which.Id.Should().Be(turn);
            await bench.CommandAsync(bench.Runner, RunOperation.Respond, run, waiting.Interactions[0]);
        }

        var ended = await bench.UntilAsync(run, seen => seen.Status.IsFinal());
        ended.Status.Should().Be(RunStatus.Succeeded);
        ended.Result.Should().NotBeNull();
        ended.Markers.Should().HaveCount(3, "a start and two answers carried one each");
    }

    private static string Workflow(string id) => $$"""{"workflowId":"{{id}}"}""";
}
