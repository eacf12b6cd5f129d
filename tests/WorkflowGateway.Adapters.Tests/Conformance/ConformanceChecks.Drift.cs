using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Conformance;

public sealed partial class ConformanceChecks
{
    public async Task An_unknown_word_is_unknown_and_kept()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        bench.Fault(new Fault { Kind = "unknown-status-word", Word = "levitating" });
        Unmapped(await bench.Runner.GetAsync(run, None), "levitating");
        var started = (await bench.Runner.StartAsync(bench.NewStart(Vendor.Endless), None)).Should().BeOfType<StartAnswer.Started>().Subject;
        Unmapped(started.Snapshot, "levitating");
        bench.Fault(new Fault { Kind = "unknown-status-word", Word = new string('x', 200) });
        Unmapped(await bench.Runner.GetAsync(run, None), new string('x', 64));
        if (!Info.Operations.Contains(RunOperation.List)) return;
        var row = (await bench.Runner.ListAsync(new ListRuns(), None)).Runs.Should().NotBeEmpty().And.Subject.First();
        Unmapped(row, new string('x', 64));
    }

    public async Task A_missing_or_retyped_status_is_unknown()
    {
        var run = await bench.StartedAsync(Vendor.Endless);
        foreach (var kind in new[] { "missing-field", "wrong-type" })
        {
            bench.Fault(new Fault { Kind = kind, Field = Vendor.StatusField });
            var read = await bench.Runner.GetAsync(run, None);
            (read.Status, read.Reason).Should().Be((RunStatus.Unknown, "unmapped-status"), kind);
            read.Run!.VendorRunId.Should().Be(run.VendorRunId, kind);
            var started = await bench.Runner.StartAsync(bench.NewStart(Vendor.Endless), None);
            started.Should().BeOfType<StartAnswer.Started>(kind).Which.Snapshot.Status.Should().Be(RunStatus.Unknown, kind);
        }
    }

    /// <summary>Every field of a real answer, one at a time: gone or of another type, on the way of a read and of a start.</summary>
    public async Task No_odd_field_costs_more_than_itself()
    {
        foreach (var target in new[] { Vendor.Waiting, Vendor.Endless }.OfType<string>())
        {
            var run = await bench.StartedAsync(target);
            var whole = target == Vendor.Waiting ? await bench.UntilAsync(run, seen => seen.Status is RunStatus.Waiting) : await bench.Runner.GetAsync(run, None);
            foreach (var field in Fields(whole.Native, ""))
                foreach (var kind in new[] { "missing-field", "wrong-type" })
                {
                    await ReadSurvivesAsync(run, whole, new Fault { Kind = kind, Field = field });
                    await StartSurvivesAsync(target, new Fault { Kind = kind, Field = field });
                }
        }
    }

    private async Task ReadSurvivesAsync(RunRef run, RunSnapshot whole, Fault fault)
    {
        var because = $"{fault.Kind} {fault.Field}";
        bench.Fault(fault);
        try
        {
            var read = await bench.Runner.GetAsync(run, None);
            read.Run!.VendorRunId.Should().Be(run.VendorRunId, because);
            read.Status.Should().Be(Holds(fault.Field!, Vendor.StatusField) ? RunStatus.Unknown : whole.Status, because);
        }
        catch (RunnerException senseless)
        {
            senseless.Error.Kind.Should().Be(RunnerErrorKind.Contract, because);
            Holds(fault.Field!, Vendor.RunIdField).Should().BeTrue($"{because} says nothing of the run");
        }
    }

    private async Task StartSurvivesAsync(string target, Fault fault)
    {
        var because = $"{fault.Kind} {fault.Field}";
        bench.Fault(fault);
        var mark = bench.Mark();
        try
        {
            var started = (await bench.Runner.StartAsync(bench.NewStart(target), None)).Should().BeOfType<StartAnswer.Started>(because).Subject;
            started.Run.VendorRunId.Should().Be(bench.Ledger(mark).Single().VendorRunId, because);
            started.Snapshot.Status.IsFinal().Should().BeFalse(because);
        }
        catch (RunnerException lost)
        {
            lost.Error.Kind.Should().Be(RunnerErrorKind.Unconfirmed, because);
            Holds(fault.Field!, Vendor.RunIdField).Should().BeTrue($"{because} leaves the run's id as it was");
        }
    }

    private static void Unmapped(RunSnapshot snapshot, string word) =>
        (snapshot.Status, snapshot.Reason, snapshot.NativeStatus).Should().Be((RunStatus.Unknown, "unmapped-status", word));

    private static bool Holds(string field, string inner) => inner == field || inner.StartsWith(field + ".", StringComparison.Ordinal);

    private static IEnumerable<string> Fields(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Fields(member.Value, $"{path}{member.Name}.").Prepend(path + member.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, index) => Fields(item, $"{path}{index}.")),
        _ => [],
    };
}
