using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public async Task An_event_of_a_vendor_is_taken_once_per_connection_whatever_its_id()
    {
        foreach (var id in (string[])["evt_1", "evt_2", "", "nul\0", "\ud800", new string('x', 1_000_000)])
        {
            (await TakeAsync("a", id)).Should().Be(WriteResult.Applied);
            (await TakeAsync("a", id)).Should().Be(WriteResult.Refused);
            (await TakeAsync("b", id)).Should().Be(WriteResult.Applied, "it is another connection's");
        }

        var atOnce = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => TakeAsync("a", "evt_3")));
        atOnce.Count(result => result == WriteResult.Applied).Should().Be(1);

        (await DropAsync(Now.AddSeconds(-1))).Should().Be(WriteResult.Refused, "none is that old");
        while (await DropAsync(Now) == WriteResult.Applied)
        {
        }

        S.Count("SELECT COUNT(*) FROM vendor_events").Should().Be(0);

        Task<WriteResult> TakeAsync(string connection, string id) => GuardAsync(VendorEventTable.Insert(connection, id, Now));

        Task<WriteResult> DropAsync(DateTimeOffset before) => GuardAsync(VendorEventTable.Drop(before, 5));
    }

    [Fact]
    public async Task A_read_knows_that_an_event_is_why_it_was_due_and_only_the_next_one_does()
    {
        var run = await DueAsync(Now.AddHours(1));
        (await ClaimAsync()).Should().BeEmpty();

        (await GuardAsync(WorkTable.HintByEvent(run.Id, Now))).Should().Be(WriteResult.Applied);
        // Somebody else may want it read too.
        await GuardAsync(WorkTable.Hint(run.Id, Now));

        var claim = (await ClaimAsync()).Should().ContainSingle().Subject;
        (claim.RunId, claim.ByEvent, claim.Cause).Should().Be((run.Id, true, "vendor-event"));
        (await GuardAsync(WorkTable.Seen(claim, Now, new PollPlan(Now, WorkLane.Soon)))).Should().Be(WriteResult.Applied);
        (await ClaimAsync()).Should().ContainSingle().Which.Cause.Should().Be("poll");
    }

    [Fact]
    public async Task An_event_that_comes_while_a_run_is_read_has_it_read_again()
    {
        var run = await DueAsync(Now);
        var read = (await ClaimAsync()).Should().ContainSingle().Subject;

        await GuardAsync(WorkTable.HintByEvent(run.Id, Now));

        // What was read before may be older than the event: whether it changed nothing,
        (await GuardAsync(WorkTable.Seen(read, Now, new PollPlan(Now.AddHours(1), WorkLane.Later)))).Should().Be(WriteResult.Refused);
        (await GuardAsync(WorkTable.Failed(read, "x", new PollPlan(Now.AddHours(1), WorkLane.Later), 0, null))).Should().Be(WriteResult.Refused);
        // or something.
        await GuardAsync(WorkTable.Plan(run, WorkKind.Poll, Now.AddHours(1)));
        await GuardAsync(WorkTable.Plan(run, WorkKind.Poll, Now.AddHours(2)));
        var again = (await ClaimAsync()).Should().ContainSingle().Subject;
        again.Cause.Should().Be("vendor-event");
        // That was followed: the next change plans as ever.
        await GuardAsync(WorkTable.Plan(run, WorkKind.Poll, Now.AddHours(1)));
        (await ClaimAsync()).Should().BeEmpty();
    }

    private async Task<RunRow> DueAsync(DateTimeOffset at)
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running));
        await GuardAsync(WorkTable.Insert(run, WorkKind.Poll, at, null));
        return run;
    }

    private Task<List<WorkClaim>> ClaimAsync() => S.Writer.QueryAsync(WorkTable.Claim("juo", WorkLane.Soon, Now, Now.AddMinutes(1), 10), WorkTable.Read);

    private Task<WriteResult> GuardAsync(Statement statement) => S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { statement } });
}
