using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using static WorkflowGateway.Adapters.Tests.Conformance.Commands;

namespace WorkflowGateway.Adapters.Tests.Conformance;

/// <summary>What is true of every adapter. Methods rather than tests, so that deliberately broken runners can be shown to fail them.</summary>
public sealed partial class ConformanceChecks(Bench bench)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1.5);

    private VendorUnderTest Vendor => bench.Vendor;

    private RunnerInfo Info => bench.Info;

    public async Task The_adapter_describes_itself()
    {
        var adapter = Vendor.Adapter;
        (Info.Vendor, Info.DisplayName, Info.RunIdPattern).Should().Be((adapter.Info.Vendor, adapter.Info.DisplayName, adapter.Info.RunIdPattern));
        Info.Operations.Should().BeEquivalentTo(adapter.Info.Operations).And.Contain([RunOperation.Start, RunOperation.Get]);
        Info.Vendor.Should().MatchRegex("^[a-z0-9-]+$");
        Info.IsRunId(Vendor.UnknownRunId).Should().BeTrue();
        if (adapter.DefaultInputPart is { } part) adapter.InputParts.Should().Contain(part);
        else adapter.InputParts.Should().BeEmpty();
        adapter.CheckConnection(bench.Connection(Short)).Should().BeEmpty();
        foreach (var target in new[] { Vendor.Succeeding, Vendor.Failing, Vendor.Endless, Vendor.Waiting }.OfType<string>()) adapter.CheckTarget(Bench.Json(target)).Should().BeEmpty();
        foreach (var wrong in new[] { "5", "[]", "{}", "null", """{"nobodyKnowsThis":1}""" }) adapter.CheckTarget(Bench.Json(wrong)).Should().NotBeEmpty(wrong);
        adapter.CheckConnection(bench.Connection(Short) with { Settings = Bench.Json("""{"nobodyKnowsThis":1}""") }).Should().Contain(problem => problem.Pointer == "/nobodyKnowsThis");
        await Task.CompletedTask;
    }

    public async Task Every_declared_operation_works()
    {
        foreach (var operation in Info.Operations)
        {
            try
            {
                await WorksAsync(operation);
            }
            catch (RunnerException failure)
            {
                throw new Xunit.Sdk.XunitException($"{Info.DisplayName} declares {operation}, but: {failure.Error}");
            }
        }
    }

    public async Task Every_undeclared_operation_is_refused_before_any_call()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        var mark = bench.Mark();
        foreach (var operation in Enum.GetValues<RunOperation>().Except(Info.Operations))
            (await FailsAsync(() => bench.CallAsync(bench.Runner, operation, run), $"{operation} is not declared")).Kind.Should().Be(RunnerErrorKind.Unsupported);
        if (!Info.SupportsDryRun)
            (await FailsAsync(() => bench.Runner.StartAsync(bench.NewStart(Vendor.Endless, dryRun: true), None))).Kind.Should().Be(RunnerErrorKind.Unsupported);
        bench.Ledger(mark).Should().BeEmpty();
    }

    public async Task Runs_end_as_the_vendor_says()
    {
        var succeeded = await bench.UntilAsync(await bench.StartedAsync(Vendor.Succeeding), seen => seen.Status.IsFinal());
        succeeded.Status.Should().Be(RunStatus.Succeeded);
        succeeded.Error.Should().BeNull();
        var failed = await bench.UntilAsync(await bench.StartedAsync(Vendor.Failing), seen => seen.Status.IsFinal());
        failed.Status.Should().Be(RunStatus.Failed);
        failed.Error.Should().NotBeNull();
        succeeded.Interactions.Concat(failed.Interactions).Should().BeEmpty();
    }

    public async Task Ids_of_another_form_are_refused_before_any_call()
    {
        var known = Vendor.UnknownRunId;
        string[] wrong = ["", ".", "..", "start", "../admin", "%2e%2e", known + "\n", known + "/..", "?" + known, known[..^1], known + "0", known.Replace(known[0], '\u0661')];
        var mark = bench.Mark();
        foreach (var id in wrong)
        {
            Info.IsRunId(id).Should().BeFalse(id);
            foreach (var operation in Info.Operations.Except([RunOperation.Start, RunOperation.List]))
                (await FailsAsync(() => bench.CallAsync(bench.Runner, operation, new RunRef(id, null, null)), $"{operation} of '{id}'")).Kind.Should().Be(RunnerErrorKind.Invalid, $"{operation} of '{id}'");
        }

        bench.Ledger(mark).Should().BeEmpty();
    }

    public async Task The_preview_is_what_is_sent()
    {
        if (bench.Runner is not IStartPreview preview) return;
        var start = bench.NewStart(Vendor.Endless);
        var mark = bench.Mark();
        var shown = preview.PreviewStart(start);
        bench.Ledger(mark).Should().BeEmpty();
        await bench.Runner.StartAsync(start, None);
        var sent = bench.Ledger(mark).Single();
        sent.Method.Should().Be(shown.Method.Method);
        sent.Target.Should().EndWith("/" + shown.Path);
        JsonElement.DeepEquals(Bench.Json(sent.Body!), shown.Body!.Value).Should().BeTrue();
    }

    public async Task The_preview_of_a_command_is_what_is_sent()
    {
        if (bench.Runner is not ICommandPreview preview) return;
        foreach (var operation in Info.Operations.Where(operation => operation is >= RunOperation.Respond and <= RunOperation.Stop))
        {
            var (run, interaction) = await bench.ReadyAsync(operation);
            var command = bench.NewCommand(operation, run, interaction);
            var mark = bench.Mark();
            var shown = preview.PreviewCommand(command);
            bench.Ledger(mark).Should().BeEmpty();
            await Commands.SendAsync(bench.Runner, command);
            var sent = bench.MutationsSince(mark).Single();
            sent.Method.Should().Be(shown.Method.Method);
            sent.Target.Should().EndWith("/" + shown.Path);
            JsonElement.DeepEquals(Bench.Json(sent.Body!), shown.Body!.Value).Should().BeTrue($"{operation}");
        }
    }

    public async Task The_end_users_token_goes_in_place_of_the_connections()
    {
        var subject = new Subject("ada", new Secret("adas-own-token"));
        var mark = bench.Mark();
        var started = (StartAnswer.Started)await bench.Runner.StartAsync(bench.NewStart(Vendor.Endless, subject), None);
        await bench.Runner.GetAsync(started.Run, None);
        started.Run.Subject.Should().Be(subject);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("adas-own-token")))[..16];
        bench.Ledger(mark).Should().HaveCount(2).And.OnlyContain(entry => entry.Credentials!.Values.Single() == fingerprint);
    }

    public async Task A_marker_is_echoed_where_starts_are_found_by_it()
    {
        if (Info.AmbiguousStart != AmbiguousStart.FindByMarker) return;
        var start = bench.NewStart(Vendor.Endless);
        var started = (StartAnswer.Started)await bench.Runner.StartAsync(start, None);
        (await bench.Runner.GetAsync(started.Run, None)).Markers.Should().Equal(start.Marker);
    }

    private async Task WorksAsync(RunOperation operation)
    {
        var mark = bench.Mark();
        if (operation is RunOperation.Start)
        {
            var run = await bench.StartedAsync(Vendor.Endless);
            Info.IsRunId(run.VendorRunId).Should().BeTrue();
            bench.MutationsSince(mark).Should().ContainSingle().Which.Should().Match<WorkflowGateway.Sandbox.LedgerEntry>(entry => entry.Processed && entry.VendorRunId == run.VendorRunId);
            return;
        }

        if (operation is RunOperation.List)
        {
            await A_list_can_be_walked();
            return;
        }

        var ready = await bench.ReadyAsync(operation);
        mark = bench.Mark();
        if (operation is RunOperation.Get or RunOperation.Logs)
        {
            if (operation is RunOperation.Get) Sound(await bench.Runner.GetAsync(ready.Run, None), ready.Run);
            else await bench.CallAsync(bench.Runner, operation, ready.Run);
            bench.MutationsSince(mark).Should().BeEmpty();
            return;
        }

        var answered = await bench.CommandAsync(bench.Runner, operation, ready.Run, ready.Interaction);
        Sound(answered, ready.Run);
        bench.MutationsSince(mark).Should().ContainSingle().Which.Processed.Should().BeTrue();
        if (operation is RunOperation.Pause) answered.Status.Should().Be(RunStatus.Paused);
        if (operation is RunOperation.Resume) answered.Status.Should().NotBe(RunStatus.Paused);
        if (operation is RunOperation.Stop) answered.Status.Should().Match(status => status == RunStatus.Stopping || status == RunStatus.Canceled);
        if (ready.Interaction is { } answeredOne) answered.Interactions.Should().NotContain(interaction => interaction.Id == answeredOne.Id);
    }

    private async Task A_list_can_be_walked()
    {
        var started = new List<string>();
        for (var i = 0; i < 5; i++) started.Add((await bench.StartedAsync(Vendor.Endless)).VendorRunId);
        Sandbox.Controls.Advance(TimeSpan.FromMinutes(1));
        var seen = new List<RunSnapshot>();
        var query = new ListRuns { Target = Bench.Json(Vendor.Endless), Limit = 2 };
        for (var pages = 0; ; pages++)
        {
            pages.Should().BeLessThan(20, "a list ends");
            var page = await bench.Runner.ListAsync(query, None);
            page.Runs.Count.Should().BeLessThanOrEqualTo(2);
            seen.AddRange(page.Runs);
            if (page.Next is null) break;
            query = query with { Cursor = page.Next };
        }

        seen.Select(run => run.Run!.VendorRunId).Should().OnlyHaveUniqueItems().And.Contain(started);
        seen.Should().OnlyContain(run => run.Status != RunStatus.Unknown && !run.Status.IsFinal());
    }

    private WorkflowGateway.Sandbox.SandboxServer Sandbox => bench.Sandbox;

    private static void Sound(RunSnapshot snapshot, RunRef asked)
    {
        snapshot.Status.Should().NotBe(RunStatus.Unknown);
        snapshot.NativeStatus.Should().NotBeNullOrEmpty();
        snapshot.Run!.VendorRunId.Should().Be(asked.VendorRunId);
        snapshot.Native.ValueKind.Should().Be(JsonValueKind.Object);
    }
}
