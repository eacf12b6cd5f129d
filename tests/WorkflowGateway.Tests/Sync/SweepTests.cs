using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Sync;

/// <summary>Many runs read with one call, from the vendor's list, over HTTP.</summary>
public sealed class SweepTests
{
    private const int Runs = 120;

    [Theory]
    [InlineData("talk", "interactly", "paused", "paused")]
    [InlineData("graph", "fortanix", "SUCCEEDED", "succeeded")]
    public async Task Many_due_runs_are_settled_by_a_page_and_only_one_that_changed_is_read(string workflow, string vendor, string word, string status)
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { PollMax = "1h" });
        var runs = await StartAsync(rig, workflow);
        rig.Controls.SetStatus(vendor, runs[7].Body.Text("vendorRunId")!, word);
        var (gets, events, before) = (rig.Received("get").Count, rig.Query<long>("SELECT COUNT(*) FROM events"), rig.Time.GetUtcNow().ToUnixTimeMilliseconds());

        MakeDue(rig);

        await rig.UntilAsync(runs[7].Id, status);
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM work WHERE observed_at >= @before", new { before }) >= Runs - 1);
        rig.Received("list").Should().ContainSingle();
        rig.Received("get").Skip(gets).Count(get => get.VendorRunId == runs[7].Body.Text("vendorRunId")).Should().BeInRange(1, 3);
        rig.Query<long>("SELECT COUNT(*) FROM events").Should().Be(events + 1, "a page makes no change by itself");
    }

    [Fact]
    public async Task Whoever_reads_a_run_after_a_page_sees_when_it_was_seen_last()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { PollMax = "1h" });
        var runs = await StartAsync(rig, "talk");
        // From here on they are kept in memory as they are now.
        foreach (var run in runs) await rig.RunAsync(run.Id);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        var before = rig.Time.GetUtcNow();

        MakeDue(rig);

        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM work WHERE observed_at >= @before", new { before = before.ToUnixTimeMilliseconds() }) == Runs);
        rig.Received("list").Should().ContainSingle();
        foreach (var run in runs) (await rig.RunAsync(run.Id)).GetProperty("observation").GetProperty("at").GetDateTimeOffset().Should().BeOnOrAfter(before.AddSeconds(-1));
    }

    [Fact]
    public async Task A_run_that_the_list_does_not_show_is_read_all_the_same()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { PollMax = "1h" });
        rig.Controls.Switches = rig.Controls.Switches with { FortanixListLagSeconds = 3600 };
        var runs = await StartAsync(rig, "graph");
        rig.Controls.SetStatus("fortanix", runs[0].Body.Text("vendorRunId")!, "SUCCEEDED");

        MakeDue(rig);

        await rig.UntilAsync(runs[0].Id, "succeeded");
        rig.Received("list").Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_vendor_whose_list_fails_is_read_one_by_one()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { PollMax = "1h" });
        var runs = await StartAsync(rig, "graph");
        rig.Controls.Add(new Fault { Vendor = "fortanix", Operation = "list", Kind = "html200" });
        rig.Controls.SetStatus("fortanix", runs[0].Body.Text("vendorRunId")!, "SUCCEEDED");

        MakeDue(rig);

        await rig.UntilAsync(runs[0].Id, "succeeded");
        rig.Received("list").Should().ContainSingle();
    }

    private static async Task<Reply[]> StartAsync(CoreRig rig, string workflow)
    {
        var runs = new List<Reply>();
        for (var i = 0; i < Runs; i += 10) runs.AddRange(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => rig.StartRunAsync(workflow))));
        runs.Should().OnlyContain(run => run.Status == 201);
        // Past what happens to them at first.
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM work w JOIN runs r ON r.id=w.run_id WHERE r.status='running'") == Runs);
        return [.. runs];
    }

    // As if they had been quiet for long, and all fell due at once.
    private static void MakeDue(CoreRig rig) =>
        rig.Execute("UPDATE work SET lane=1, due_at=@now, fence=fence+1", new { now = rig.Time.GetUtcNow().ToUnixTimeMilliseconds() });
}
