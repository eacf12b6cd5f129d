using System.Net;
using WorkflowGateway.Events;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Events;

/// <summary>Server-sent events over real HTTP, on both stores.</summary>
public sealed class EventStreamTests
{
    public static TheoryData<string> Stores => EventRig.Stores;

    [Theory, MemberData(nameof(Stores))]
    public async Task Every_change_is_told_once_in_the_order_of_the_log_and_with_the_bytes_of_the_list(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        using var stream = await rig.OpenAsync();
        var first = (await stream.NextAsync())!;
        (first.Id, first.Data, first.Retry is null).Should().Be(("0", null, false), "the cursor is told at once, before anything happens");

        var runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => rig.StartRunAsync()));
        // Sequence numbers have holes: a cursor is no count.
        await rig.ExecuteAsync($"BEGIN; INSERT INTO events(tenant, run_id, version, at, type, data) SELECT tenant, run_id, 99, at, type, data FROM events WHERE run_id = {rig.Hex(runs[0])}; DELETE FROM events WHERE version = 99; COMMIT");
        var frames = await stream.TakeAsync(10);
        runs[0] = await rig.ChangeAsync(runs[0]);
        frames.AddRange(await stream.TakeAsync(1));
        await Task.WhenAll(runs.Select(async run =>
        {
            for (var i = 0; i < 5; i++) run = await rig.ChangeAsync(run);
        }));

        frames.AddRange(await stream.TakeAsync(50));
        frames.Select(frame => frame.Seq).Should().Equal(await rig.IdsAsync());
        frames.Should().OnlyContain(frame => frame.Event == "run.changed");
        var text = await (await rig.SendAsync("/v1/events?pageSize=500")).Content.ReadAsStringAsync();
        text.Should().Be($$"""{"events":[{{string.Join(',', frames.Select(frame => frame.Data))}}],"next":"{{frames[^1].Id}}"}""");
        frames[0].Json.GetProperty("id").GetString().Should().Be(frames[0].Id);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task Whoever_comes_again_goes_on_without_a_hole(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var run = await rig.StartRunAsync();
        for (var i = 0; i < 30; i++) run = await rig.ChangeAsync(run);
        var ids = await rig.IdsAsync();
        var seen = new List<long>();
        // From the ledger at first, from memory once somebody has waited: it must not matter.
        while (seen.Count < 28)
        {
            using var stream = await rig.OpenAsync("/v1/events?after=0", lastEventId: seen.Count == 0 ? null : $"{seen[^1]}");
            seen.AddRange((await stream.TakeAsync(4)).Select(frame => frame.Seq));
        }

        seen.Should().Equal(ids.Take(28));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_tenant_hears_its_own_and_nothing_of_others(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var (mine, theirs) = (await rig.StartRunAsync("a"), await rig.StartRunAsync("b"));
        using var stream = await rig.OpenAsync(key: "a");
        using var again = await rig.OpenAsync(key: "a", lastEventId: $"{(await rig.IdsAsync("tenant='b'"))[0]}");
        await stream.NextAsync();
        for (var i = 0; i < 5; i++) (theirs, mine) = (await rig.ChangeAsync(theirs), await rig.ChangeAsync(mine));

        var own = await rig.IdsAsync("tenant='a'");
        (await stream.TakeAsync(5)).Select(frame => frame.Seq).Should().Equal(own.Skip(1));
        (await again.TakeAsync(5)).Select(frame => frame.Seq).Should().Equal(own.Skip(1), "another tenant's event is a place in the log like any other");
        var page = await rig.GetAsync(key: "a");
        page.GetProperty("events").EnumerateArray().Select(change => change.Text("subject")).Should().AllBe(mine.Id.ToString()).And.HaveCount(6);
        foreach (var accept in (string[])["text/event-stream", "application/json"])
            (await rig.SendAsync($"/v1/runs/{theirs.Id}/events", "a", 0, ("Accept", accept))).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_runs_stream_ends_with_the_run_and_is_not_opened_again(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var (run, other) = (await rig.StartRunAsync(), await rig.StartRunAsync());
        using var stream = await rig.OpenAsync($"/v1/runs/{run.Id}/events");
        // Filtered out, the end is the end all the same.
        using var filtered = await rig.OpenAsync($"/v1/runs/{run.Id}/events?status=waiting");
        (await stream.TakeAsync(1))[0].Json.GetProperty("data").GetProperty("run").Text("id").Should().Be(run.Id.ToString(), "it begins with the run's first event");
        var waiting = await rig.ChangeAsync(run, RunStatus.Waiting);
        await rig.ChangeAsync(other);
        await rig.ChangeAsync(waiting, RunStatus.Succeeded);

        var rest = await stream.ToEndAsync();
        rest.Select(frame => frame.Json.GetProperty("data").GetProperty("run").Text("status")).Should().Equal("waiting", "succeeded");
        (await filtered.ToEndAsync()).Should().ContainSingle();
        var path = $"/v1/runs/{run.Id}/events";
        (await rig.SendAsync(path, "all", 0, ("Accept", "text/event-stream"), ("Last-Event-ID", rest[1].Id))).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await rig.SendAsync(path + "?status=waiting", "all", 0, ("Accept", "text/event-stream"), ("Last-Event-ID", rest[0].Id))).StatusCode.Should().Be(HttpStatusCode.NoContent);
        using var late = await rig.OpenAsync(path, lastEventId: rest[0].Id);
        (await late.ToEndAsync()).Select(frame => frame.Id).Should().Equal(rest[1].Id);
        (await rig.GetAsync(path + "?after=" + rest[1].Id, "all", 0, ("Prefer", "wait=60"))).GetProperty("events").GetArrayLength().Should().Be(0, "there is nothing to wait for");
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_run_that_began_and_ended_while_nobody_watched_is_told_whole(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        await rig.StartRunAsync();
        var tail = rig.Get<EventTail>();
        using (var earlier = await rig.OpenAsync()) await CoreRig.UntilAsync(() => tail is { Newest: 1, Waiting: 1 });
        await CoreRig.UntilAsync(() => tail.Waiting == 0);
        var run = await rig.ChangeAsync(await rig.StartRunAsync(), RunStatus.Succeeded);

        using var stream = await rig.OpenAsync($"/v1/runs/{run.Id}/events");

        (await stream.ToEndAsync()).Select(frame => frame.Seq).Should().Equal(2, 3);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_wake_up_that_got_lost_costs_a_moment_and_no_event(string store)
    {
        await using var rig = await EventRig.StartAsync(store, new QuickTime(20));
        var run = await rig.StartRunAsync();
        using var stream = await rig.OpenAsync();
        using var ofRun = await rig.OpenAsync($"/v1/runs/{run.Id}/events?after=1");
        await stream.NextAsync();
        await ofRun.NextAsync();

        await rig.ExecuteAsync("INSERT INTO events(tenant, run_id, version, at, type, data) SELECT tenant, run_id, 2, at, type, data FROM events");

        (await stream.TakeAsync(1))[0].Seq.Should().Be((await rig.IdsAsync())[^1]);
        (await ofRun.TakeAsync(1))[0].Seq.Should().Be((await rig.IdsAsync())[^1]);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task Who_waits_is_told_of_it_without_a_heartbeat_of_his_own(string store)
    {
        await using var rig = await EventRig.StartAsync(store, new QuickTime(20));
        await rig.StartRunAsync();
        var tail = rig.Get<EventTail>();
        using (var earlier = await rig.OpenAsync()) await CoreRig.UntilAsync(() => tail.Newest == 1);
        var waits = tail.WaitAsync(null, 1, TimeSpan.FromDays(1), CancellationToken.None);

        await rig.ExecuteAsync("INSERT INTO events(tenant, run_id, version, at, type, data) SELECT tenant, run_id, 2, at, type, data FROM events");

        await CoreRig.UntilAsync(() => waits.IsCompleted);
        tail.Newest.Should().Be(2);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_heartbeat_moves_the_cursor_on_and_is_no_event(string store)
    {
        await using var rig = await EventRig.StartAsync(store, new QuickTime(50));
        var run = await rig.StartRunAsync();
        using var stream = await rig.OpenAsync("/v1/events?status=failed");
        using var parsed = await rig.OpenAsync("/v1/events?status=failed");
        await stream.NextAsync();
        for (var i = 0; i < 3; i++) run = await rig.ChangeAsync(run);
        var passed = (await rig.IdsAsync())[^1];

        SseFrame? beat;
        while ((beat = await stream.NextAsync())!.Seq < passed) beat.Data.Should().BeNull();
        beat.Should().Be(new SseFrame($"{passed}", null, null, null));
        await rig.ChangeAsync(run, RunStatus.Failed);
        var end = await stream.TakeAsync(1);

        // A parser that we did not write has dispatched none of them, and knows the last id.
        var parser = System.Net.ServerSentEvents.SseParser.Create(await parsed.Answer.Content.ReadAsStreamAsync());
        await using var items = parser.EnumerateAsync().GetAsyncEnumerator();
        (await items.MoveNextAsync()).Should().BeTrue();
        (items.Current.EventType, items.Current.Data, parser.LastEventId).Should().Be(("run.changed", end[0].Data!, end[0].Id!));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task When_the_gateway_stops_all_streams_and_waits_end_well(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var run = await rig.StartRunAsync();
        var waitOfRun = rig.SendAsync($"/v1/runs/{run.Id}", "all", 0, ("Prefer", "wait=60"), ("If-None-Match", "\"1\""));
        await CoreRig.UntilAsync(() => rig.Get<RunWatch>().IsUsed);
        var streams = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => rig.OpenAsync(i % 2 == 0 ? "/v1/events" : $"/v1/runs/{run.Id}/events?after=1")));
        foreach (var stream in streams) await stream.NextAsync();
        var wait = rig.GetAsync("/v1/events?after=1", "all", 0, ("Prefer", "wait=60"));
        await CoreRig.UntilAsync(() => rig.Get<EventTail>().Waiting == 41);

        await rig.StopAsync();

        foreach (var stream in streams) (await stream.ToEndAsync()).Should().BeEmpty();
        (await wait).GetProperty("events").GetArrayLength().Should().Be(0);
        (await waitOfRun).StatusCode.Should().Be(HttpStatusCode.NotModified);
        foreach (var stream in streams) stream.Dispose();
    }

    [Fact]
    public async Task Headers_keep_it_from_being_held_back_or_kept()
    {
        await using var rig = await EventRig.StartAsync();
        using var stream = await rig.OpenAsync();

        stream.Answer.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        stream.Answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        stream.Answer.Headers.GetValues("X-Accel-Buffering").Should().Equal("no");
        stream.Answer.Headers.Vary.Should().Equal("Accept");
        stream.Answer.Content.Headers.ContentEncoding.Should().BeEmpty();
        foreach (var (accept, streams) in ((string, bool)[])[("*/*", false), ("application/json, text/event-stream;q=0.5", false), ("text/event-stream, */*;q=0.1", true), ("text/event-stream;q=0", false)])
        {
            using var answer = await rig.SendAsync("/v1/events", "all", 0, ("Accept", accept));
            (answer.Content.Headers.ContentType!.MediaType == "text/event-stream").Should().Be(streams, accept);
        }
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task What_another_replica_did_is_told_here(string store)
    {
        if (store == "sqlite") return;
        await using var rig = await EventRig.StartAsync(store);
        await rig.AddAsync();
        var run = await rig.StartRunAsync();
        using var stream = await rig.OpenAsync(gateway: 1, lastEventId: "1");
        await stream.NextAsync();
        var wait = rig.GetAsync("/v1/events?after=1&status=paused", "all", 1, ("Prefer", "wait=60"));
        var waitOfRun = rig.GetAsync($"/v1/runs/{run.Id}", "all", 1, ("Prefer", "wait=60"), ("If-None-Match", "\"1\""));
        await CoreRig.UntilAsync(() => rig.Get<EventTail>(1).Waiting == 2 && rig.Get<RunWatch>(1).IsUsed);

        await rig.ChangeAsync(run, RunStatus.Paused);

        (await stream.TakeAsync(1))[0].Seq.Should().Be((await rig.IdsAsync())[^1]);
        (await wait).GetProperty("events").GetArrayLength().Should().Be(1);
        (await waitOfRun).Text("status").Should().Be("paused");
    }
}
