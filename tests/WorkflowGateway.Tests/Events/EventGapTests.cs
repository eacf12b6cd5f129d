using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Events;

/// <summary>What is missing is said, never passed over in silence; on both stores.</summary>
public sealed class EventGapTests
{
    public static TheoryData<string> Stores => EventRig.Stores;

    [Theory, MemberData(nameof(Stores))]
    public async Task A_cursor_older_than_what_is_kept_is_told_so(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var (open, ended) = (await rig.StartRunAsync(), await rig.StartRunAsync());
        ended = await rig.ChangeAsync(ended, RunStatus.Succeeded);
        open = await rig.ChangeAsync(open);
        await rig.PurgeAsync(ended);

        var page = await rig.GetAsync("/v1/events?after=0");
        Gap(page).Should().Be(("0", "3"));
        EventListTests.Ids(page).Should().Equal(1, 4);
        Gap(await rig.GetAsync("/v1/events?after=1")).Should().Be(("1", "3"), "it may have been one of the missing that the caller wants");
        (await rig.GetAsync("/v1/events?after=3")).TryGetProperty("gap", out _).Should().BeFalse();
        (await rig.GetAsync("/v1/events")).TryGetProperty("gap", out _).Should().BeFalse("who asks for what there is misses nothing");
        (await rig.GetAsync($"/v1/runs/{open.Id}/events?after=1")).TryGetProperty("gap", out _).Should().BeFalse("a run's events go with it, not before");

        using var stream = await rig.OpenAsync(lastEventId: "1");
        (await stream.NextAsync())!.Id.Should().Be("1");
        (await stream.NextAsync()).Should().Be(new SseFrame("1", "gap", """{"after":"1","until":"3"}""", null), "who is cut off now is told it again");
        (await stream.TakeAsync(1))[0].Seq.Should().Be(4);
        await rig.ChangeAsync(open);
        (await stream.TakeAsync(1))[0].Seq.Should().Be(5, "it is told once");
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_log_that_was_purged_to_its_end_goes_on_from_there(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        await rig.PurgeAsync(await rig.ChangeAsync(await rig.StartRunAsync(), RunStatus.Succeeded));

        foreach (var key in (string[])["all", "a"])
            (await rig.GetAsync("/v1/events", key)).GetProperty("next").GetString().Should().Be("2", "waiting from before what is gone would end at once, again and again");
        using var stream = await rig.OpenAsync(lastEventId: "2");
        (await stream.NextAsync())!.Id.Should().Be("2");
        await rig.StartRunAsync();
        (await stream.TakeAsync(1))[0].Seq.Should().Be(3);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_cursor_of_a_log_that_had_come_further_is_told_so(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        var run = await rig.StartRunAsync();

        var page = await rig.GetAsync("/v1/events?after=1000", "all", 0, ("Prefer", "wait=60"));
        (Gap(page), page.GetProperty("next").GetString()).Should().Be((("1000", "1"), "1"));
        using var stream = await rig.OpenAsync(lastEventId: "1000");
        using var ofRun = await rig.OpenAsync($"/v1/runs/{run.Id}/events", lastEventId: "1000");
        foreach (var one in (SseReader[])[stream, ofRun])
        {
            (await one.NextAsync())!.Id.Should().Be("1");
            (await one.NextAsync()).Should().Be(new SseFrame("1", "gap", """{"after":"1000","until":"1"}""", null));
        }

        await rig.ChangeAsync(run);
        foreach (var one in (SseReader[])[stream, ofRun]) (await one.TakeAsync(1))[0].Seq.Should().Be(2);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_reader_that_the_purge_overtakes_is_told_so_in_mid_stream(string store)
    {
        await using var rig = await EventRig.StartAsync(store);
        // More than all buffers between here and there hold: the gateway cannot have read them all when they go.
        var runs = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => LargeAsync(rig, 12)));
        var ids = await rig.IdsAsync();
        using var slow = await RawReader.OpenAsync(rig.Address, "/v1/events?after=0");
        await slow.FilledAsync();
        await Task.WhenAll(runs.Skip(1).Select(async run => await rig.PurgeAsync(await rig.ChangeAsync(run, RunStatus.Failed))));
        var end = await rig.ChangeAsync(runs[0]);
        var last = (await rig.IdsAsync())[^1];
        var seen = await slow.FramesAsync(count: 1);

        while (seen[^1].Id != $"{last}") seen.AddRange(await slow.FramesAsync(count: 1));

        var told = seen.Where(frame => frame.Event == "run.changed").Select(frame => frame.Seq).ToList();
        told.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        var missing = ids.Except(told).ToList();
        missing.Should().NotBeEmpty("what was purged before it was read cannot be told");
        var gaps = seen.Where(frame => frame.Event == "gap").Select(frame => (After: long.Parse(frame.Json.Text("after")!), Until: long.Parse(frame.Json.Text("until")!))).ToList();
        missing.Should().OnlyContain(id => gaps.Any(gap => gap.After < id && id <= gap.Until), "each of them lies in a gap that was told");
        foreach (var at in Enumerable.Range(1, seen.Count - 1).Where(at => seen[at].Event == "gap")) seen[at].Json.Text("after").Should().Be(seen[at - 1].Id, "it is told where it is");
        told.Should().Contain(await rig.IdsAsync($"run_id = {rig.Hex(end)}"), "what is left is told");
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_reader_that_takes_nothing_is_cut_off_and_the_others_do_not_notice(string store)
    {
        await using var rig = await EventRig.StartAsync(store, new QuickTime(10));
        using var other = await rig.OpenAsync("/v1/events?after=0");
        using var slow = await RawReader.OpenAsync(rig.Address, "/v1/events?after=0");
        var reading = other.TakeAsync(30 * 13);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => LargeAsync(rig, 12)));
        var ids = await rig.IdsAsync();

        (await reading).Select(frame => frame.Seq).Should().Equal(ids);
        await CoreRig.UntilAsync(() => rig.Log.Has("A reader of events took nothing for 30 seconds"));

        var seen = await slow.ToCutAsync();
        seen.Should().HaveCountLessThan(ids.Count);
        using var again = await rig.OpenAsync(lastEventId: seen[^1].Id);
        var rest = await again.TakeAsync(ids.Count - seen.Count);
        seen.Concat(rest).Select(frame => frame.Seq).Should().Equal(ids, "it goes on from where it was");
    }

    private static async Task<RunRow> LargeAsync(EventRig rig, int changes)
    {
        var run = await rig.StartRunAsync();
        var result = JsonElement.Parse('"' + new string('x', 15_000) + '"');
        for (var i = 0; i < changes; i++) run = await rig.ChangeAsync(run, with: after => after with { Detail = new RunDetail { Result = result } });
        return run;
    }

    private static (string?, string?) Gap(JsonElement page) => page.TryGetProperty("gap", out var gap) ? (gap.Text("after"), gap.Text("until")) : (null, null);
}
