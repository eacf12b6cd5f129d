using Dapper;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Tests.Catalog;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    private static readonly ConnectionConfig Listing = new()
    {
        Name = "juo",
        Adapter = new FakeAdapter("juo"),
        Vendor = new VendorConnection { Name = "juo", BaseUrl = new Uri("http://localhost/"), Timeout = TimeSpan.FromSeconds(1) },
        Identity = "identity",
        Timeout = TimeSpan.FromSeconds(1),
        Concurrency = 1,
        PollMin = TimeSpan.FromSeconds(1),
        PollMax = TimeSpan.FromMinutes(15),
        StaleAfter = TimeSpan.FromMinutes(5),
    };

    private static readonly DateTimeOffset Asked = Sample.Run(RunStatus.Running).UpdatedAt.AddHours(1);

    [Fact]
    public async Task A_listed_run_with_the_stored_word_is_fresh_and_nothing_else_changes()
    {
        var run = await InsertListedAsync(WorkLane.Later, Asked.AddMinutes(5));

        (await ListedAsync(run, "running")).Should().BeTrue();

        var (due, observed, quiet, fence) = S.Raw.QuerySingle<(long, long, long, long)>("SELECT due_at, observed_at, quiet, fence FROM work");
        DateTimeOffset.FromUnixTimeMilliseconds(due).Should().BeAfter(Asked.AddMinutes(12)).And.BeBefore(Asked.AddMinutes(18));
        (DateTimeOffset.FromUnixTimeMilliseconds(observed), quiet, fence).Should().Be((Asked, 1, 1));
        (await S.Reader.CountDueAsync("juo", Asked.AddHours(1), 10)).Should().Be(new DueCounts(0, 1, 0, 0));
        (await S.Reader.FindRunAsync(null, run.Id))!.Version.Should().Be(run.Version);
    }

    [Fact]
    public async Task A_listed_run_with_another_word_is_read_now()
    {
        var run = await InsertListedAsync(WorkLane.Later, Asked.AddMinutes(5));

        (await ListedAsync(run, "completed")).Should().BeTrue();

        (await S.Reader.CountDueAsync("juo", Asked, 10)).Should().Be(new DueCounts(1, 0, 0, 0));
        S.Raw.QuerySingle<long?>("SELECT observed_at FROM work").Should().BeNull("a row of a list changes no run and proves no freshness of another word");
    }

    [Theory]
    [InlineData("waits for somebody")]
    [InlineData("is unknown")]
    [InlineData("is to be stopped")]
    [InlineData("has a command to be judged")]
    [InlineData("is final")]
    [InlineData("is under way and not due")]
    [InlineData("is still to be sent")]
    [InlineData("is of another account")]
    [InlineData("is what the vendor sent an event of")]
    public async Task What_a_list_cannot_tell_is_left_to_reads(string why)
    {
        var run = Sample.Run(why switch { "waits for somebody" => RunStatus.Waiting, "is unknown" => RunStatus.Unknown, "is final" => RunStatus.Succeeded, _ => RunStatus.Running }) with
        {
            NativeStatus = "running",
            StopRequested = why == "is to be stopped",
            ConnectionIdentity = why == "is of another account" ? "other" : "identity",
            Detail = why == "waits for somebody" ? new RunDetail { Interactions = [Sample.Interaction("i")] } : RunDetail.Empty,
        };
        var (lane, dueAt) = why == "is under way and not due" ? (WorkLane.Soon, Asked.AddMinutes(1)) : (WorkLane.Later, Asked.AddMinutes(-1));
        await InsertListedAsync(lane, dueAt, run, why == "is still to be sent" ? WorkKind.Queued : WorkKind.Poll);
        if (why == "has a command to be judged")
        {
            var command = new CommandRow(run.Tenant, Sample.Id().ToBytes(), run.Id.ToBytes(), "pause", null, CommandState.Unknown, Sample.Random().ToByteArray(), null, null, 0, null);
            await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { CommandTable.Insert(command, "{}") } });
        }

        if (why == "is what the vendor sent an event of") await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { WorkTable.HintByEvent(run.Id, dueAt) } });

        (await ListedAsync(run, "running")).Should().BeFalse();

        DateTimeOffset.FromUnixTimeMilliseconds(S.Raw.QuerySingle<long>("SELECT due_at FROM work")).Should().Be(dueAt);
    }

    private Task<bool> ListedAsync(RunRow run, string word) =>
        S.Writer.QueryAsync(WorkTable.Listed(Listing, run.VendorRunId!, word, Asked, 0.5), rows => rows.Read());

    private async Task<RunRow> InsertListedAsync(WorkLane lane, DateTimeOffset dueAt, RunRow? given = null, WorkKind kind = WorkKind.Poll)
    {
        var run = await S.InsertAsync(given ?? (Sample.Run(RunStatus.Running) with { NativeStatus = "running" }));
        await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { WorkTable.Insert(run, kind, dueAt, null) } });
        S.Raw.Execute("UPDATE work SET lane=@lane", new { lane = (long)lane });
        return run;
    }
}
