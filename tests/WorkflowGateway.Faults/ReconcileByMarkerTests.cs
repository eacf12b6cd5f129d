using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>Interactly echoes what a start carried: a lost start is found by its mark, and by nothing else.</summary>
public sealed class ReconcileByMarkerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(600)]
    public async Task A_start_that_is_carried_out_late_is_bound_within_a_minute(int seconds)
    {
        await using var bench = await Bench.StartAsync();
        // Time at the vendor passes only when told to: nothing arrives before it is looked for in vain.
        bench.Sandbox!.Controls.Hold();
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "late", Seconds = seconds, Then = "reset", Count = 1 });
        var run = await bench.StartRunAsync("interactly-endless", "late");
        run.RunStatus.Should().Be("unknown", run.Body.ToString());
        bench.Advance(TimeSpan.FromSeconds(seconds));
        await bench.LookedAsync("interactly");
        (await bench.Client.GetRunAsync(run.RunId!)).RunStatus.Should().Be("unknown", "the vendor has nothing yet");

        bench.Sandbox.Controls.Advance(TimeSpan.FromSeconds(seconds));
        bench.Advance(TimeSpan.FromSeconds(60));

        var found = await bench.StatusAsync(run.RunId!, "running");
        var sent = bench.Starts("late").Should().ContainSingle().Subject;
        (found.VendorRunId, found.Source).Should().Be((sent.VendorRunId, "reconcile"));
        (await bench.Client.StartAsync("interactly-endless", "late")).RunId.Should().Be(run.RunId);
        var changes = await bench.Client.ListEventsAsync();
        changes[^1].GetProperty("data").GetProperty("cause").GetString().Should().Be("reconcile");
    }

    [Fact]
    public async Task One_look_settles_all_and_reads_each_run_of_others_once()
    {
        await using var bench = await Bench.StartAsync();
        // More than a page of them.
        for (var i = 0; i < 130; i++) await bench.StartElsewhereAsync(null);
        var others = bench.Sandbox!.Controls.Runs("interactly").Select(run => run.VendorRunId).ToList();
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "eof", When = "after", Count = 3 });
        var runs = new List<Reply>();
        for (var i = 0; i < 3; i++) runs.Add(await bench.StartRunAsync("interactly-endless", $"lost-{i}"));

        foreach (var run in runs) await bench.StatusAsync(run.RunId!, "running");

        for (var i = 0; i < 3; i++)
            (await bench.Client.GetRunAsync(runs[i].RunId!)).VendorRunId.Should().Be(bench.Starts($"lost-{i}").Should().ContainSingle().Subject.VendorRunId);
        var read = bench.Sandbox.ReadLedger("interactly", "get").CountBy(get => get.Target[^24..]).ToDictionary();
        foreach (var other in others) read.GetValueOrDefault(other).Should().Be(1, other);
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_gone_through_again()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Hold();
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "eof", When = "after", Count = 1 });
        // The first page goes well, the second does not.
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "delay", Seconds = 0, Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "status", Status = 500, Count = 2 });
        var run = await bench.StartRunAsync("interactly-endless", "lost");
        bench.Sandbox.Controls.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 130; i++) await bench.StartElsewhereAsync(null);

        await Until.HoldsAsync(() => { bench.Advance(TimeSpan.FromSeconds(1)); return bench.Sandbox.Controls.Faults.Count == 0; }, "the list has failed");
        bench.Advance(TimeSpan.FromSeconds(60));

        (await bench.StatusAsync(run.RunId!, "running")).VendorRunId.Should().Be(bench.Starts("lost").Should().ContainSingle().Subject.VendorRunId);
    }

    [Theory]
    [InlineData("workflow_run.workflow_run.input_output_pairs")]
    [InlineData("workflow_run.workflow_run.input_output_pairs.0.run_input")]
    public async Task An_answer_that_does_not_show_what_was_given_proves_nothing(string missing)
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "reset", When = "after", Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "missing-field", Field = missing });
        var run = await bench.StartRunAsync("interactly-endless", "lost");

        await bench.LookedAsync("interactly");
        (await bench.Client.GetRunAsync(run.RunId!)).RunStatus.Should().Be("unknown");
        bench.Count("get", "interactly").Should().BeGreaterThan(1, "it is read again as long as it shows nothing");
        bench.Sandbox.Controls.ClearFaults();
        bench.Advance(TimeSpan.FromSeconds(60));

        (await bench.StatusAsync(run.RunId!, "running")).VendorRunId.Should().Be(bench.Starts("lost").Should().ContainSingle().Subject.VendorRunId);
    }

    [Fact]
    public async Task A_mark_with_the_right_run_and_another_attempt_binds_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "hang", When = "before", Count = 1 });
        var run = await bench.StartRunAsync("interactly-endless", "lost");
        await bench.StartElsewhereAsync(new { runId = run.RunId, attemptId = new string('0', 32) });
        await bench.StartElsewhereAsync(new { runId = "run_" + new string('0', 32), attemptId = new string('0', 32) });

        await bench.LookedAsync("interactly");

        (await bench.Client.GetRunAsync(run.RunId!)).RunStatus.Should().Be("unknown");
        (await OrphansAsync(bench)).Should().Equal((bench.Sandbox.Controls.Runs("interactly")[^1].VendorRunId, run.RunId!));
    }

    [Fact]
    public async Task That_nothing_was_started_cannot_be_said_before_the_settle_time_and_what_turns_up_after_is_an_orphan()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Hold();
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "late", Seconds = 3600, Then = "reset", Count = 1 });
        var run = await bench.StartRunAsync("interactly-endless", "late");
        var verdict = new { notStarted = "Their log has no such request." };

        var early = await bench.Client.CommandAsync(run.RunId!, "resolve", verdict, "verdict");
        (early.Status, early.Code).Should().Be((HttpStatusCode.Conflict, "action-unavailable"));
        early.Body.GetProperty("detail").GetString().Should().Contain("can be said from");
        bench.Advance(TimeSpan.FromMinutes(15));
        var settled = await bench.Client.CommandAsync(run.RunId!, "resolve", verdict, "verdict");
        (settled.Status, settled.RunStatus, settled.ErrorCode).Should().Be((HttpStatusCode.OK, "failed", "start-not-observed"));
        (await OrphansAsync(bench)).Should().BeEmpty();

        bench.Sandbox.Controls.Advance(TimeSpan.FromHours(1));
        bench.Advance(TimeSpan.FromHours(1));
        await Until.HoldsAsync(async () => (await OrphansAsync(bench)).Count == 1, "the orphan is found");

        var sent = bench.Starts("late").Should().ContainSingle().Subject;
        (await OrphansAsync(bench)).Should().Equal((sent.VendorRunId!, run.RunId!));
        var after = await bench.Client.GetRunAsync(run.RunId!);
        (after.RunStatus, after.VendorRunId, after.Version).Should().Be(("failed", null, settled.Version));
        // Once is enough.
        await bench.RestartAsync();
        bench.Advance(TimeSpan.FromHours(1));
        await bench.LookedAsync("interactly");
        (await OrphansAsync(bench)).Should().ContainSingle();
        // A day after the send nobody looks any more.
        bench.Advance(TimeSpan.FromDays(2));
        await Until.HoldsAsync(() => bench.Query("SELECT COUNT(*) FROM work WHERE due_at > (SELECT MAX(at) FROM events) + 86400000 * 300") == 1, "it is put off for good");
    }

    [Fact]
    public async Task Of_a_start_that_was_carried_out_twice_one_is_bound_and_the_other_is_an_orphan()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "duplicate", Count = 1 });
        var twice = await bench.StartRunAsync("interactly-endless", "twice");
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "eof", When = "after", Count = 1 });
        var lost = await bench.StartRunAsync("interactly-endless", "lost");

        await bench.StatusAsync(lost.RunId!, "running");
        await Until.HoldsAsync(async () => (await OrphansAsync(bench)).Count == 1, "the second is found");

        var sent = bench.Starts("twice").Should().ContainSingle().Subject;
        (await OrphansAsync(bench)).Should().Equal((sent.DuplicateRunId!, twice.RunId!));
        (await bench.Client.GetRunAsync(twice.RunId!)).VendorRunId.Should().Be(sent.VendorRunId);
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_in_the_middle_of_a_look_goes_on_with_it_when_it_is_back()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "reset", When = "after", Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "delay", Seconds = 30, Count = 1 });
        var run = await bench.StartRunAsync("interactly-endless", "lost");
        await Until.HoldsAsync(() => bench.Count("list", "interactly") == 1, "the list is asked for");

        await bench.RestartAsync();

        (await bench.StatusAsync(run.RunId!, "running")).VendorRunId.Should().Be(bench.Starts("lost").Should().ContainSingle().Subject.VendorRunId);
    }

    private static async Task<List<(string VendorRunId, string RunId)>> OrphansAsync(Bench bench)
    {
        var orphans = (await bench.Client.GetAsync("v1/connections/interactly")).Body.GetProperty("orphans");
        var latest = orphans.GetProperty("latest").EnumerateArray().Select(one => (one.GetProperty("vendorRunId").GetString()!, one.GetProperty("runId").GetString()!)).ToList();
        orphans.GetProperty("count").GetInt32().Should().Be(latest.Count);
        return latest;
    }
}
