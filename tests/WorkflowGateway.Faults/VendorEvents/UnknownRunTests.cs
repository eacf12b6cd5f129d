using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.VendorEvents;

/// <summary>Events of runs that nobody knows: one read, and the mark decides.</summary>
public sealed class UnknownRunTests
{
    public static TheoryData<string> Stores => [.. Store.Names];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_lost_start_is_bound_at_once_by_the_event_of_its_run(string store)
    {
        await using var bench = await Bench.StartAsync(store, EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "eof", When = "after", Count = 1 });
        // Nothing else can find it.
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "status", Status = 500 });
        var lost = await bench.StartRunAsync("interactly-endless", "lost");
        lost.RunStatus.Should().Be("unknown");
        var there = bench.Starts("lost").Should().ContainSingle().Subject.VendorRunId!;

        (await vendor.TellAsync(there.ToUpperInvariant())).Should().Be(HttpStatusCode.Accepted);

        var found = await bench.StatusAsync(lost.RunId!, "running");
        (found.VendorRunId, found.Source).Should().Be((there, "vendor-event"));
        (await bench.Client.ListEventsAsync())[^1].GetProperty("data").GetProperty("cause").GetString().Should().Be("vendor-event");
        bench.Count("get", "interactly").Should().Be(1, "what proves it is what is stored");
        (await vendor.CountsAsync()).Should().Be("received 1 verified 1");
        // From here on it is known.
        bench.Sandbox.Controls.End("interactly", there);
        await vendor.TellAsync(there);
        (await bench.StatusAsync(lost.RunId!, "succeeded")).Source.Should().Be("vendor-event");
    }

    [Fact]
    public async Task A_stop_that_was_kept_for_a_lost_start_is_sent_as_soon_as_an_event_finds_it()
    {
        await using var bench = await Bench.StartAsync(configure: EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "eof", When = "after", Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "status", Status = 500 });
        var lost = await bench.StartRunAsync("interactly-endless", "lost");
        (await bench.Client.CommandAsync(lost.RunId!, "stop", new { }, "stop")).Status.Should().Be(HttpStatusCode.Accepted);

        await vendor.TellAsync(bench.Starts("lost")[0].VendorRunId!);

        await bench.StatusAsync(lost.RunId!, "canceled");
        bench.Count("stop", "interactly").Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_start_that_is_still_under_way_is_bound_too_and_its_late_answer_changes_nothing(string store)
    {
        await using var bench = await Bench.StartAsync(store, text => EventSource.OnlyEvents(text).Replace("\"timeout\": \"1s\"", "\"timeout\": \"30s\"", StringComparison.Ordinal));
        using var vendor = new EventSource(bench);
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "delay", When = "after", Seconds = 3, Count = 1 });
        var slow = await bench.Client.StartAsync("interactly-endless", "slow", "respond-async");
        await Until.HoldsAsync(() => bench.Starts("slow").Length == 1, "the vendor has it");
        (await bench.Client.GetRunAsync(slow.RunId!)).RunStatus.Should().Be("starting");

        await vendor.TellAsync(bench.Starts("slow")[0].VendorRunId!);

        var bound = await bench.StatusAsync(slow.RunId!, "running");
        (bound.VendorRunId, bound.Source).Should().Be((bench.Starts("slow")[0].VendorRunId, "vendor-event"));
        await Until.HoldsAsync(async () => (await bench.Client.GetAsync("v1/connections/interactly")).Body.GetProperty("budget").GetProperty("inFlight").GetInt32() == 0, "the start is answered");
        (await bench.Client.GetRunAsync(slow.RunId!)).Version.Should().Be(bound.Version);
        (await bench.Client.GetAsync("v1/connections/interactly")).Body.GetProperty("orphans").GetProperty("count").GetInt32().Should().Be(0);
        bench.Starts("slow").Should().ContainSingle();
        (await bench.Client.StartAsync("interactly-endless", "slow")).RunId.Should().Be(slow.RunId);
    }

    [Fact]
    public async Task Somebody_elses_run_is_read_once_and_bound_to_nothing()
    {
        await using var bench = await Bench.StartAsync(configure: EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "hang", When = "before", Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "status", Status = 500 });
        var lost = await bench.StartRunAsync("interactly-endless", "lost");
        string[] theirs =
        [
            await bench.StartElsewhereAsync(null),
            await bench.StartElsewhereAsync(new { runId = "run_" + new string('0', 32), attemptId = new string('0', 32) }),
            await bench.StartElsewhereAsync(new { runId = lost.RunId, attemptId = new string('0', 32) }),
        ];

        for (var i = 1; i <= 3; i++)
        {
            // One whose mark names another attempt of ours is an orphan; none is bound.
            foreach (var one in theirs) (await vendor.TellAsync(one)).Should().Be(HttpStatusCode.Accepted);
            await vendor.CountedAsync($"received {3 * i} verified {3 * i} unknownRun {3 * i}");
        }

        bench.Count("get", "interactly").Should().Be(3, "once each");
        (await bench.Client.GetRunAsync(lost.RunId!)).RunStatus.Should().Be("unknown");
        var orphans = (await bench.Client.GetAsync("v1/connections/interactly")).Body.GetProperty("orphans");
        orphans.GetProperty("latest").EnumerateArray().Select(orphan => orphan.GetProperty("vendorRunId").GetString()).Should().Equal(theirs[2]);
        // A run that the vendor itself does not know.
        await vendor.TellAsync(new string('a', 24));
        await vendor.CountedAsync("received 10 verified 10 unknownRun 10");
    }

    [Theory]
    [InlineData("workflow_run.workflow_run.input_output_pairs")]
    [InlineData("workflow_run.workflow_run.input_output_pairs.0.run_input")]
    public async Task An_answer_that_does_not_show_what_was_given_proves_nothing(string missing)
    {
        await using var bench = await Bench.StartAsync(configure: EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "eof", When = "after", Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "status", Status = 500 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "missing-field", Field = missing, Count = 1 });
        var lost = await bench.StartRunAsync("interactly-endless", "lost");
        await vendor.TellAsync(bench.Starts("lost")[0].VendorRunId!);
        await vendor.CountedAsync("received 1 verified 1 unknownRun 1");
        (await bench.Client.GetRunAsync(lost.RunId!)).RunStatus.Should().Be("unknown");

        await vendor.TellAsync(bench.Starts("lost")[0].VendorRunId!);

        await bench.StatusAsync(lost.RunId!, "running");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_run_of_another_connection_is_never_touched(string store)
    {
        await using var bench = await Bench.StartAsync(store, text => EventSource.OnlyEvents(text).Replace(
            "\"connections\": {",
            "\"connections\": { \"other\": { \"adapter\": \"interactly\", \"baseUrl\": \"${sandbox:interactly}/workflows\", \"credential\": { \"value\": \"sandbox\" }, \"webhookSecrets\": [ \"others\" ] },",
            StringComparison.Ordinal));
        using var other = new EventSource(bench, "other", "others");
        var run = await bench.StartRunAsync("interactly-endless", "run");
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "eof", When = "after", Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "list", Kind = "status", Status = 500 });
        var lost = await bench.StartRunAsync("interactly-endless", "lost");
        bench.Sandbox.Controls.End("interactly", run.VendorRunId!);

        await other.TellAsync(run.VendorRunId!);
        await other.TellAsync(bench.Starts("lost")[0].VendorRunId!);
        await other.CountedAsync("received 2 verified 2 unknownRun 2");

        (await bench.Client.GetRunAsync(run.RunId!)).Version.Should().Be(run.Version);
        (await bench.Client.GetRunAsync(lost.RunId!)).Version.Should().Be(lost.Version);
        bench.Count("get", "interactly").Should().Be(1, "only of the run that is nobody's so far");
        // Nor does its secret open the first one's door.
        using var wrong = new EventSource(bench, "interactly", "others");
        (await wrong.TellAsync(run.VendorRunId!)).Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_flood_of_unknown_runs_leaves_the_vendor_to_those_who_need_it()
    {
        await using var bench = await Bench.StartAsync(configure: text => EventSource.OnlyEvents(text).Replace("\"webhookSecrets\"", "\"rateLimit\": 20, \"webhookSecrets\"", StringComparison.Ordinal));
        using var vendor = new EventSource(bench);
        var run = await bench.StartRunAsync("interactly-endless", "run");
        var before = TimeProvider.System.GetTimestamp();

        await Parallel.ForAsync(0, 1500, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => (await vendor.TellAsync($"{i:x24}")).Should().Be(HttpStatusCode.Accepted));

        bench.Sandbox!.Controls.End("interactly", run.VendorRunId!);
        await vendor.TellAsync(run.VendorRunId!);
        (await bench.StatusAsync(run.RunId!, "succeeded")).Source.Should().Be("vendor-event");
        (await bench.StartRunAsync("interactly-endless", "another")).RunStatus.Should().Be("running");
        var asked = bench.Sandbox.ReadLedger("interactly", "get").Count(get => !get.Target.Contains(run.VendorRunId!, StringComparison.Ordinal));
        asked.Should().BeLessThanOrEqualTo((int)(TimeProvider.System.GetElapsedTime(before).TotalSeconds * 20 / 5) + 2, "a fifth of the rate");
        var counts = await vendor.ViewAsync();
        counts.GetProperty("verified").GetInt64().Should().Be(1501);
        counts.GetProperty("dropped").GetInt64().Should().BeGreaterThan(0).And.BeLessThanOrEqualTo(500, "a thousand may wait");
    }
}
