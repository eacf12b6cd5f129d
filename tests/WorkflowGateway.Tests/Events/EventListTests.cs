using System.Text.Json;

namespace WorkflowGateway.Tests.Events;

/// <summary>The list of events as JSON, and that stream and list filter alike; on both stores.</summary>
public sealed class EventListTests
{
    public static TheoryData<string> Stores => EventRig.Stores;

    [Theory, MemberData(nameof(Stores))]
    public async Task The_filters_are_those_of_the_run_list_and_the_same_in_a_stream(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var labelled = await rig.StartRunAsync(with: run => run with { Workflow = "other", Labels = new Dictionary<string, string> { ["region"] = "eu" }, CorrelationId = "order-1" });
        var plain = await rig.StartRunAsync(with: run => run with { Connection = "second", Vendor = "interactly" });
        await rig.ChangeAsync(labelled, RunStatus.Waiting);
        await rig.ChangeAsync(plain, RunStatus.Succeeded);
        var created = labelled.Id.CreatedAt.UtcDateTime;
        var (before, after) = (created.AddSeconds(-5).ToString("yyyy-MM-ddTHH:mm:ss'Z'"), created.AddSeconds(5).ToString("yyyy-MM-ddTHH:mm:ss'Z'"));

        foreach (var (filter, ids) in ((string, long[])[])
        [
            ("workflow=other", [1, 3]), ("label.region=eu", [1, 3]), ("correlationId=order-1", [1, 3]), ("connection=second", [2, 4]), ("vendor=interactly", [2, 4]),
            ("status=waiting", [3]), ("status=waiting&status=succeeded", [3, 4]), ("status=final", [4]), ("status=open", [1, 2, 3]), ("status=open&workflow=other", [1, 3]),
            ("label.region=us", []), ($"createdAfter={before}&createdBefore={after}", [1, 2, 3, 4]), ($"createdAfter={after}", []), ($"createdBefore={before}", []),
        ])
        {
            var page = await rig.GetAsync("/v1/events?" + filter);
            Ids(page).Should().Equal(ids, filter);
            page.GetProperty("next").GetString().Should().Be("4", "it moves on past what a filter left out");
            using var stream = await rig.OpenAsync("/v1/events?after=0&" + filter);
            (await stream.TakeAsync(ids.Length)).Select(frame => frame.Seq).Should().Equal(ids, filter);
        }

        foreach (var wrong in (string[])["statuz=open", "status=done", "after=x", "createdAfter=today", "pageSize=501"])
            (await rig.GetAsync("/v1/events?" + wrong)).Text("code").Should().Be("validation-failed", wrong);
        foreach (var accept in (string[])["text/event-stream", "application/json"])
            (await rig.GetAsync("/v1/events", "all", 0, ("Accept", accept), ("Last-Event-ID", "x1"))).GetProperty("errors")[0].Text("pointer").Should().Be("Last-Event-ID");
        Ids(await rig.GetAsync("/v1/events?after=1", "all", 0, ("Last-Event-ID", "3"))).Should().Equal(4);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_page_looks_at_no_more_than_five_thousand_and_the_next_goes_on(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var run = await rig.StartRunAsync();
        await rig.ExecuteAsync("""
            INSERT INTO events(tenant, run_id, version, at, type, data)
            SELECT e.tenant, e.run_id, 10 + n.n, e.at, e.type, e.data FROM events e,
                (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5200) SELECT n FROM n) n
            """);
        await rig.ChangeAsync(run, RunStatus.Failed);
        var ids = await rig.IdsAsync();

        var first = await rig.GetAsync("/v1/events?status=failed", "all", 0, ("Prefer", "wait=60"));
        first.GetProperty("events").GetArrayLength().Should().Be(0);
        first.GetProperty("next").GetString().Should().Be($"{ids[4999]}");
        Ids(await rig.GetAsync("/v1/events?status=failed&after=" + first.GetProperty("next").GetString())).Should().Equal(ids[^1]);
        using var stream = await rig.OpenAsync("/v1/events?after=0&status=failed");
        (await stream.TakeAsync(1))[0].Seq.Should().Be(ids[^1], "a stream goes on by itself");
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_list_waits_until_something_matches(string store)
    {
        await using var rig = await EventRig.StartAsync(store, new QuickTime(20));
        var run = await rig.StartRunAsync();
        using var answered = await rig.SendAsync("/v1/events?after=0", "all", 0, ("Prefer", "wait=600, respond-async"));
        answered.Headers.GetValues("Preference-Applied").Should().Equal("wait=60");
        answered.Headers.CacheControl!.NoStore.Should().BeTrue();
        (await rig.GetAsync("/v1/events?after=1", "all", 0, ("Prefer", "wait=3"))).GetProperty("next").GetString().Should().Be("1", "the time is up");

        var wait = rig.GetAsync("/v1/events?after=1&status=paused", "all", 0, ("Prefer", "wait=60"));
        for (var i = 0; i < 3; i++) run = await rig.ChangeAsync(run);
        await rig.ChangeAsync(run, RunStatus.Paused);
        Ids(await wait).Should().Equal(5);
        // What a caller has just done it finds, though nobody follows the log.
        var other = await rig.StartRunAsync();
        (await rig.GetAsync("/v1/events?after=5")).GetProperty("events")[0].Text("subject").Should().Be(other.Id.ToString());
    }

    [Fact]
    public async Task A_stop_that_was_kept_and_never_sent_is_told_with_the_runs_end()
    {
        await using var rig = await EventRig.StartAsync();
        var run = await rig.StartRunAsync(with: run => run with { StopRequested = true });
        await rig.ChangeAsync(run, RunStatus.Failed);

        var events = (await rig.GetAsync()).GetProperty("events");
        events[0].GetProperty("data").TryGetProperty("command", out _).Should().BeFalse();
        var command = events[1].GetProperty("data").GetProperty("command");
        (command.Text("name"), command.Text("phase")).Should().Be(("stop", "refused"));
    }

    internal static IEnumerable<long> Ids(JsonElement page) => page.GetProperty("events").EnumerateArray().Select(change => long.Parse(change.Text("id")!));
}
