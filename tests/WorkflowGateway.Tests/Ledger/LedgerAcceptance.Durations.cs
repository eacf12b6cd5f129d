using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    [Fact]
    public async Task How_long_runs_last_is_told_by_those_that_a_vendor_carried_out()
    {
        for (var minutes = 1; minutes <= 10; minutes++) await S.InsertAsync(Ended(minutes));
        // What says nothing of it.
        await S.InsertAsync(Ended(500) with { Connection = "other" });
        await S.InsertAsync(Ended(500) with { Workflow = "other" });
        await S.InsertAsync(Ended(500) with { VendorRunId = null });
        await S.InsertAsync(Ended(500) with { Status = RunStatus.Abandoned });
        await S.InsertAsync(Sample.Run(RunStatus.Running));
        await S.InsertAsync(Ended(60) with { Tenant = "acme" });

        (await S.Reader.FindDurationsAsync("w", "juo", "default")).Should().Be(new RunDurations(10, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(9)));
        (await S.Reader.FindDurationsAsync("w", "juo", null)).Should().Be(new RunDurations(11, TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(10)));
        (await S.Reader.FindDurationsAsync("w", "juo", "nobody")).Should().BeNull();
    }

    [Fact]
    public async Task Open_runs_are_counted_by_connection_and_route()
    {
        foreach (var status in (RunStatus[])[RunStatus.Running, RunStatus.Unknown, RunStatus.Succeeded]) await S.InsertAsync(Sample.Run(status));
        await S.InsertAsync(Sample.Run(RunStatus.Running, tenant: "acme"));
        await S.InsertAsync(Sample.Run(RunStatus.Running) with { Route = "other" });
        await S.InsertAsync(Sample.Run(RunStatus.Running, connection: "acme"));
        await S.InsertAsync(Sample.Run(RunStatus.Waiting) with { DryRun = true });

        (await S.Reader.CountOpenAsync("w", null, "default")).Should().Equal(new OpenRuns("acme", "r", 1), new OpenRuns("juo", "other", 1), new OpenRuns("juo", "r", 2));
        (await S.Reader.CountOpenAsync("w", "juo", null)).Should().Equal(new OpenRuns("juo", "other", 1), new OpenRuns("juo", "r", 3));
        (await S.Reader.CountOpenAsync("nothing", null, null)).Should().BeEmpty();
        (await S.Reader.CountOpenAsync("default")).Where(row => row.Connection == "juo").Sum(row => row.Count).Should().Be(3, "a dry run is none");
        (await S.Reader.CountOpenAsync(tenant: null)).Sum(row => row.Count).Should().Be(5);
        // Many at one connection do not hide what is left at another.
        (await S.ReaderThatCounts(2).CountOpenAsync("w", null, null)).Should().Equal(new OpenRuns("acme", "r", 1), new OpenRuns("juo", "other", 1), new OpenRuns("juo", "r", 1));
        (await S.ReaderThatCounts(1).CountOpenAsync("w", null, null)).Should().Equal(new OpenRuns("acme", "r", 1), new OpenRuns("juo", "other", 1));
    }

    [Fact]
    public async Task What_waited_for_its_connection_is_due_when_that_is_there_again()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        foreach (var error in (string?[])[WorkTable.ConnectionChanged, WorkTable.ConnectionChanged, "timeout", null])
        {
            var run = await S.InsertAsync(Sample.Run(RunStatus.Running));
            var change = new LedgerChange { Order = run.Id.ToBytes() };
            change.Consequences.Add(WorkTable.Insert(run, WorkKind.Poll, now.AddMinutes(15), null));
            change.Consequences.Add(new Statement("UPDATE work SET sync_error=@error WHERE run_id=@id", error, run.Id.ToBytes()));
            await S.Writer.WriteAsync(change);
        }

        var taken = new List<int>();
        for (var some = -1; some != 0;) taken.Add(some = await S.Writer.QueryAsync(WorkTable.TryAgain("juo", now, 1), Count));

        taken.Should().Equal(1, 1, 0);
        (await S.Reader.CountDueAsync("juo", now, 10)).Soon.Should().Be(2);
    }

    private static int Count(System.Data.Common.DbDataReader rows)
    {
        var count = 0;
        while (rows.Read()) count++;
        return count;
    }

    private static RunRow Ended(int minutes)
    {
        var run = Sample.Run(RunStatus.Succeeded);
        return run with { FinalAt = run.Id.CreatedAt.AddMinutes(minutes) };
    }
}
