using WorkflowGateway.Adapters.Fortanix;
using WorkflowGateway.Adapters.Tests.Conformance;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Fortanix;

public sealed class FortanixRunnerTests : WorkflowRunnerTests
{
    public override VendorUnderTest Vendor { get; } = new()
    {
        Adapter = new FortanixAdapter(),
        BaseUrl = sandbox => sandbox.Fortanix,
        Settings = """{"exclusive":true}""",
        Succeeding = Graph(Scenarios.Fortanix.TrainModel),
        Failing = Graph(Scenarios.Fortanix.Failing),
        Endless = Graph(Scenarios.Fortanix.NeverEnding),
        StatusField = "run.run_status",
        RunIdField = "run.run_id",
        UnknownRunId = "6f1c5b1e-3a34-4a52-9c0e-2b7f9a1d0c11",
        Guesses =
        [
            new("created_at in milliseconds", new Switches { FortanixCreatedAtUnit = "milliseconds" }),
            new("a bearer in Authorization", new Switches { FortanixRequiresBearer = true }, CredentialHeader: "Authorization"),
            new("no stop of a finished run", new Switches { FortanixRefusesStopOfFinished = true }),
        ],
    };

    [Fact]
    public async Task A_run_that_the_vendor_loses_sight_of_is_unknown_and_comes_back()
    {
        await using var bench = await Bench.StartAsync(Vendor);
        var run = await bench.StartedAsync(Graph(Scenarios.Fortanix.UnknownForAWhile));
        (await bench.UntilAsync(run, seen => seen.NativeStatus == "UNKNOWN")).Reason.Should().Be("vendor-reported-unknown");
        (await bench.UntilAsync(run, seen => seen.Status.IsFinal())).Status.Should().Be(RunStatus.Succeeded);
    }

    [Fact]
    public async Task Only_runs_of_the_target_are_candidates()
    {
        await using var bench = await Bench.StartAsync(Vendor);
        await bench.StartedAsync(Vendor.Succeeding);
        await bench.StartedAsync(Graph(Scenarios.Fortanix.NeverEnding, "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2aff"));
        var lost = bench.NewStart(Vendor.Endless);
        bench.Fault(new Fault { Kind = "reset", When = "after", Operation = "start" });
        (await Sample.Fails(() => bench.Runner.StartAsync(lost, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        var candidate = (await bench.Runner.ListAsync(new ListRuns { Target = lost.Target }, CancellationToken.None)).Runs.Should().ContainSingle().Subject;
        candidate.CreatedAt.Should().NotBeNull();
        (await bench.Runner.GetAsync(candidate.Run!, CancellationToken.None)).Definition!.Id.Should().Be(Scenarios.Fortanix.NeverEnding);
    }

    private static string Graph(string id, string cluster = "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22") =>
        $$$$"""{"graphId":"{{{{id}}}}","graphVersion":"1","deployment":{"aciSingleJob":{"clusterId":"{{{{cluster}}}}"}}}""";
}
