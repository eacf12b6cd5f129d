using System.Net;
using System.Text;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.VendorEvents;

/// <summary>Webhooks in: a signed one has its run read at once, everything else changes nothing. Nothing here is polled, so that whatever is read is read because of an event.</summary>
public sealed class VendorEventTests
{
    public static TheoryData<string> Stores => [.. Store.Names];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task The_end_of_a_run_is_seen_at_once_though_runs_are_read_once_an_hour(string store)
    {
        await using var bench = await Bench.StartAsync(store, EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        bench.Sandbox!.Controls.Webhook = new Webhook { Url = new Uri(bench.Address, "v1/vendor-events/interactly"), Secret = EventSource.Secret };
        var run = await bench.StartRunAsync("interactly-endless", "run");
        await vendor.CountedAsync("received 1 verified 1");

        bench.Sandbox.Controls.End("interactly", run.VendorRunId!);

        var ended = await bench.StatusAsync(run.RunId!, "succeeded");
        (ended.Source, ended.Version).Should().Be(("vendor-event", run.Version + 1));
        (await bench.Client.ListEventsAsync())[^1].GetProperty("data").GetProperty("cause").GetString().Should().Be("vendor-event");
        await vendor.CountedAsync("received 2 verified 2");
        bench.Count("get", "interactly").Should().BeLessThanOrEqualTo(2, "one for each event");
        var view = await vendor.ViewAsync();
        view.GetProperty("lastAt").ValueKind.Should().Be(System.Text.Json.JsonValueKind.String);
        (await bench.Client.GetAsync("v1/connections")).Body.GetRawText().Should().NotContain(EventSource.Secret).And.NotContain("\"vendorEvents\":null");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Events_that_come_twice_late_and_in_the_wrong_order_end_a_run_once(string store)
    {
        await using var bench = await Bench.StartAsync(store, EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        bench.Sandbox!.Controls.Webhook = new Webhook
        {
            Url = new Uri(bench.Address, "v1/vendor-events/interactly"),
            Secret = EventSource.Secret,
            Duplicates = 2,
            Shuffled = true,
            DelaySeconds = 0.1,
            Status = "failed",
        };
        var run = await bench.StartRunAsync("interactly-endless", "run");
        bench.Sandbox.Controls.End("interactly", run.VendorRunId!);

        (await bench.StatusAsync(run.RunId!, "succeeded")).Version.Should().Be(run.Version + 1);
        await vendor.CountedAsync("received 6 verified 6 duplicate 4");
        bench.Sandbox.Controls.Deliveries.Select(one => one.Action).Should().Equal(
            Enumerable.Repeat("workflow_run_completed", 3).Concat(Enumerable.Repeat("workflow_run_started", 3)));
        bench.Sandbox.Controls.Deliveries.Should().OnlyContain(one => one.Status == 202);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_a_body_says_of_a_status_is_not_believed(string store)
    {
        await using var bench = await Bench.StartAsync(store, EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        var run = await bench.StartRunAsync("interactly-endless", "run");

        foreach (var status in (string[])["completed", "failed", "cancelled", "aborted_looping_risk"])
        {
            var before = bench.Count("get", "interactly");
            (await vendor.TellAsync(run.VendorRunId!.ToUpperInvariant(), status: status)).Should().Be(HttpStatusCode.Accepted);
            await Until.HoldsAsync(() => bench.Count("get", "interactly") == before + 1, "the run is read");
        }

        await Until.HoldsAsync(() => bench.Query("SELECT COUNT(*) FROM work WHERE quiet=4") == 1, "the last read is over");
        var after = await bench.Client.GetRunAsync(run.RunId!);
        (after.RunStatus, after.Version, after.Source).Should().Be(("running", run.Version, "start"), "a read that changed nothing is no source");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_replayed_event_changes_nothing_and_costs_no_read_also_after_a_restart(string store)
    {
        await using var bench = await Bench.StartAsync(store, EventSource.OnlyEvents);
        var run = await bench.StartRunAsync("interactly-endless", "run");
        var body = Encoding.UTF8.GetBytes(EventSource.BodyOf("evt_1", run.VendorRunId!));
        using (var vendor = new EventSource(bench))
        {
            await vendor.SendAsync(body);
            await Until.HoldsAsync(() => bench.Query("SELECT COUNT(*) FROM work WHERE quiet=1") == 1, "it is read");
            // Nothing that is not signed makes it another: neither the time nor other headers.
            foreach (var time in (string[])["0", "1700000000", "9999999999", "never"])
                (await vendor.SendAsync(body, ("X-Interactly-Signature", EventSource.Sign(body, EventSource.Secret)), ("X-Interactly-Timestamp", time))).Status.Should().Be(HttpStatusCode.Accepted);
            await vendor.CountedAsync("received 5 verified 5 duplicate 4");
            bench.Query("SELECT COUNT(*) FROM work WHERE quiet=1 AND due_at > observed_at").Should().Be(1, "nothing has made it due");
            bench.Count("get", "interactly").Should().Be(1);
        }

        await bench.RestartAsync();

        using var later = new EventSource(bench);
        (await later.SendAsync(body)).Should().Be(HttpStatusCode.Accepted);
        await later.CountedAsync("received 1 verified 1 duplicate 1");
        bench.Query("SELECT COUNT(*) FROM vendor_events").Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_forged_event_is_refused_and_leaves_nothing_behind(string store)
    {
        await using var bench = await Bench.StartAsync(store, EventSource.OnlyEvents);
        using var vendor = new EventSource(bench);
        var run = await bench.StartRunAsync("interactly-endless", "run");
        var body = Encoding.UTF8.GetBytes(EventSource.BodyOf("evt_1", run.VendorRunId!));
        var (good, name) = (EventSource.Sign(body, EventSource.Secret), "X-Interactly-Signature");
        (string, string)[][] forged =
        [
            [], [(name, "")], [(name, good[..^2])], [(name, good + "00")], [(name, good), (name, good)], [("X-Signature", good)], [("Authorization", "Bearer " + EventSource.Secret)],
            [(name, EventSource.Sign(body, "another"))], [(name, EventSource.Sign([], EventSource.Secret))], [(name, EventSource.Sign(body.AsSpan(1), EventSource.Secret))],
            [(name, (good[0] == '0' ? "1" : "0") + good[1..])], [(name, "sha256=" + good)],
        ];

        foreach (var headers in forged)
        {
            var (status, problem) = await vendor.SendAsync(body, headers);
            (status, problem.GetProperty("code").GetString()).Should().Be((HttpStatusCode.Unauthorized, "unauthenticated"), string.Join(' ', headers));
        }

        (await vendor.CountsAsync()).Should().Be($"received {forged.Length} forged {forged.Length}");
        (bench.Query("SELECT COUNT(*) FROM vendor_events"), bench.Count("get", "interactly")).Should().Be((0, 0));
        // As the vendor writes it, or a proxy in between.
        (await vendor.SendAsync(body, ("x-interactly-signature", good.ToUpperInvariant()))).Status.Should().Be(HttpStatusCode.Accepted);
        await Until.HoldsAsync(() => bench.Count("get", "interactly") == 1, "the good one is followed");
    }

    [Fact]
    public async Task Both_secrets_are_good_while_they_are_changed_and_a_file_is_read_anew()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "whsec_old\n");
            await using var bench = await Bench.StartAsync(configure: text => EventSource.OnlyEvents(text).Replace(
                $"[ \"{EventSource.Secret}\" ]", $"[ \"{EventSource.Secret}\", \"${{file:{file}}}\" ]", StringComparison.Ordinal));
            using var first = new EventSource(bench);
            using var old = new EventSource(bench, secret: "whsec_old");
            using var changed = new EventSource(bench, secret: "whsec_new");
            var run = (await bench.StartRunAsync("interactly-endless", "run")).VendorRunId!;
            (await first.TellAsync(run, "1"), await old.TellAsync(run, "2"), await changed.TellAsync(run, "3")).Should().Be((HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Unauthorized));

            await File.WriteAllTextAsync(file, "whsec_new");
            bench.Advance(TimeSpan.FromSeconds(2));
            (await first.TellAsync(run, "4"), await old.TellAsync(run, "5"), await changed.TellAsync(run, "6")).Should().Be((HttpStatusCode.Accepted, HttpStatusCode.Unauthorized, HttpStatusCode.Accepted));

            File.Delete(file);
            bench.Advance(TimeSpan.FromSeconds(2));
            (await first.TellAsync(run, "7"), await changed.TellAsync(run, "8")).Should().Be((HttpStatusCode.Accepted, HttpStatusCode.Unauthorized));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_connection_without_secrets_is_as_one_that_is_not_there()
    {
        await using var bench = await Bench.StartAsync();
        var answers = new List<string>();
        foreach (var name in (string[])["interactly", "juo", "nobody"])
        {
            using var vendor = new EventSource(bench, name);
            var (status, problem) = await vendor.SendAsync([], ("X-Interactly-Signature", EventSource.Sign([], EventSource.Secret)));
            status.Should().Be(HttpStatusCode.NotFound);
            answers.Add(problem.GetProperty("detail").GetString()!);
        }

        answers.Distinct().Should().ContainSingle();
        (await bench.Client.GetAsync("v1/connections/interactly")).Body.TryGetProperty("vendorEvents", out _).Should().BeFalse();
    }
}
