using System.Diagnostics;
using WorkflowGateway.Catalog;
using WorkflowGateway.Faults.Million;
using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Ledger;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Very many open runs are read within their vendors' budget. <c>tests/million.sh</c> does it with a million, and prints what it costs.</summary>
public sealed class MillionTests(ITestOutputHelper output)
{
    private static readonly int Runs = Form.Count("WFG_RUNS", 50_000);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(Form.Count("WFG_SECONDS", 10));

    [Fact]
    public async Task Very_many_open_runs_are_read_within_the_budget_by_page_where_the_vendor_lists()
    {
        await using var rig = await MillionRig.FillAsync(Runs);
        Say($"{Runs} open runs, all due, half of them at a vendor that lists; {MillionRig.Rate} calls/s each, reads at most four fifths; vendors in this process");
        Plans(rig);
        await ClaimsAsync(rig);

        using var process = Process.GetCurrentProcess();
        var (cpu, began) = (process.TotalProcessorTime, TimeProvider.System.GetTimestamp());
        await rig.StartAsync();
        await Until.HoldsAsync(() => Elapsed() >= Time && rig.Single.Gets >= 500 && rig.Listing.Pages >= 20, "there was something to count", 300);
        var (gets, pages, listed) = (rig.Single.Gets, rig.Listing.Pages, rig.Listing.Gets);
        var seconds = Elapsed().TotalSeconds;
        process.Refresh();
        var fresh = rig.Count("SELECT COUNT(*) FROM work WHERE connection='listing' AND observed_at IS NOT NULL");
        var ended = rig.Count("SELECT COUNT(*) FROM runs WHERE connection='listing' AND final=1");

        Say(FormattableString.Invariant($"in {seconds:0.0} s: one by one {gets} calls ({gets / seconds:0.0}/s); by page {pages} pages and {listed} single reads ({(pages + listed) / seconds:0.0}/s), {fresh + ended} runs fresh ({(fresh + ended) / seconds:0}/s), {ended} of them found ended"));
        Say(FormattableString.Invariant($"CPU {(process.TotalProcessorTime - cpu).TotalSeconds / seconds * 100:0}% of a core, {process.WorkingSet64 / 1024.0 / 1024:0} MB, with the vendors and the test"));

        rig.Count("SELECT COUNT(*) FROM runs WHERE version<>2 AND final=0").Should().Be(0, "reads that show nothing new change nothing");
        ((double)gets).Should().BeLessThanOrEqualTo((MillionRig.Rate * seconds) + MillionRig.Rate, "the budget");
        ((double)(pages + listed)).Should().BeLessThanOrEqualTo((MillionRig.Rate * seconds) + MillionRig.Rate, "the budget");
        // While both lanes have more than enough due, four of five are the urgent ones.
        if (Runs >= 50_000) rig.Single.Read.Take(300).Count(run => run % 100 == 0).Should().BeInRange(225, 255);
        rig.Single.Read.Take(500).GroupBy(run => run).Where(reads => reads.Count() > 1).Select(reads => reads.Key).Should().BeEmpty("nobody is read twice while others wait");
        (fresh + ended).Should().BeGreaterThan(15 * 900, "a page settles nearly a thousand");

        TimeSpan Elapsed() => TimeProvider.System.GetElapsedTime(began);
    }

    // A plan that walks the table is fast enough with a hundred runs, and stands still with a million.
    private static void Plans(MillionRig rig)
    {
        var now = TimeProvider.System.GetUtcNow();
        rig.Plan(WorkTable.Claim("single", WorkLane.Later, now, now, 32)).Should().Contain("USING COVERING INDEX work_due (connection=? AND lane=? AND due_at<?)").And.NotContain("SCAN work");
        var listed = rig.Plan(WorkTable.Listed(new ConnectionConfig
        {
            Name = "listing",
            Adapter = rig.Listing,
            Vendor = new VendorConnection { Name = "listing", BaseUrl = new Uri("http://localhost/"), Timeout = TimeSpan.FromSeconds(1) },
            Identity = "",
            Timeout = TimeSpan.FromSeconds(1),
            Concurrency = 1,
            PollMin = TimeSpan.FromSeconds(1),
            PollMax = TimeSpan.FromSeconds(1),
            StaleAfter = TimeSpan.FromSeconds(1),
        }, "1", "running", now, 0));
        listed.Should().Contain("INDEX runs_vendor (connection=? AND vendor_run_id=?)").And.Contain("PRIMARY KEY (run_id=?)").And.NotContain("SCAN work").And.NotContain("SCAN r");
    }

    private async Task ClaimsAsync(MillionRig rig)
    {
        var (looks, claims) = (new List<double>(), new List<double>());
        for (var i = 0; i < 50; i++)
        {
            var now = TimeProvider.System.GetUtcNow();
            looks.Add(await MillisecondsAsync(async () => await rig.Reader.CountDueAsync("single", now, 100)));
            // Claimed and due again at once.
            claims.Add(await MillisecondsAsync(() => rig.Writer.QueryAsync(WorkTable.Claim("single", WorkLane.Later, now, now.AddMinutes(-5), 32), WorkTable.Read)));
        }

        Say(FormattableString.Invariant($"a look {Share(looks, 0.5):0.00} ms (p99 {Share(looks, 0.99):0.00}), a claim of 32 with its synced commit {Share(claims, 0.5):0.00} ms (p99 {Share(claims, 0.99):0.00})"));
    }

    private static async Task<double> MillisecondsAsync(Func<Task> work)
    {
        var began = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Share(List<double> times, double share) => times.Order().ElementAt((int)(times.Count * share));

    private void Say(string line) => Form.Say(output, line);
}
