using System.Text;
using WorkflowGateway.Client;
using WorkflowGateway.Tests.Events;

namespace WorkflowGateway.Tests.Client;

/// <summary>The client follows the log. That nothing is lost when connections are cut off: WatchTests of the fault tests.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task A_run_is_watched_to_its_end()
    {
        await using var rig = await EventRig.StartAsync();
        var run = await rig.StartRunAsync();
        var watching = ClientOf(rig).WatchAsync(run.Id.ToString()).Select(told => (told.Cursor, told.Event!.ReadChange()!.Run.Status)).ToListAsync();
        await rig.ChangeAsync(await rig.ChangeAsync(run, RunStatus.Waiting), RunStatus.Succeeded);

        (await watching).Should().Equal(("1", "running"), ("2", "waiting"), ("3", "succeeded"));
        (await ClientOf(rig).WatchAsync(run.Id.ToString(), after: "3").ToListAsync()).Should().BeEmpty();
        (await ClientOf(rig).WatchAsync(run.Id.ToString(), new RunFilter { Statuses = ["waiting"] }).ToListAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task A_gap_is_told_and_what_is_left_follows()
    {
        await using var rig = await EventRig.StartAsync();
        var (open, ended) = (await rig.StartRunAsync(), await rig.StartRunAsync());
        await rig.PurgeAsync(await rig.ChangeAsync(ended, RunStatus.Failed));
        await rig.ChangeAsync(open);

        var told = await ClientOf(rig).WatchAsync(after: "1").Take(2).ToListAsync();

        told[0].Should().BeEquivalentTo(new WatchedEvent("1", null, new EventGap { After = "1", Until = "3" }));
        told[1].Cursor.Should().Be("4");
        var refused = async () => await ClientOf(rig).WatchAsync("run_7").ToListAsync();
        (await refused.Should().ThrowAsync<GatewayProblemException>()).Which.Code.Should().Be("run-not-found");
    }

    [Fact]
    public async Task An_event_that_was_cut_off_in_the_middle_was_not_read()
    {
        var text = "retry: 1500\nid: 7\n\nid: 8\nevent: run.changed\ndata: a\ndata: b\n\nid: 9\n\n: a word\nid: 10\nevent: run.changed\ndata: c\n";
        using var lines = new EventLines(new MemoryStream(Encoding.UTF8.GetBytes(text)), TimeProvider.System);

        (await lines.ReadAsync(CancellationToken.None)).Should().Be(("run.changed", "a\nb"));
        (lines.LastId, lines.Retry).Should().Be(("8", TimeSpan.FromSeconds(1.5)));
        (await lines.ReadAsync(CancellationToken.None)).Should().BeNull();
        lines.LastId.Should().Be("9", "the empty line after 10 never came");
    }

    private static GatewayClient ClientOf(EventRig rig) =>
        new(new HttpClient { BaseAddress = rig.Address, DefaultRequestHeaders = { Authorization = new("Bearer", "wfg_all_secret") } });
}
