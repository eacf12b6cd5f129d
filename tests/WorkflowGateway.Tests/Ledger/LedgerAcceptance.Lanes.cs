using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    [Fact]
    public async Task What_is_due_is_taken_lane_by_lane_the_longest_overdue_first_and_no_more_than_asked_for()
    {
        var now = Sample.Run(RunStatus.Running).UpdatedAt;
        var lanes = new Dictionary<WorkLane, List<RunId>>();
        foreach (var kind in (WorkKind[])[WorkKind.Queued, WorkKind.Sent, WorkKind.Poll, WorkKind.Reconcile])
            for (var i = 0; i < 3; i++) await InsertDueAsync(kind, now.AddSeconds(-i));
        foreach (var lane in Enum.GetValues<WorkLane>()) lanes[lane] = [.. (await ClaimAsync(lane, 10)).Select(claim => claim.RunId)];

        lanes.ToDictionary(lane => lane.Key, lane => lane.Value.Count).Should().BeEquivalentTo(
            new Dictionary<WorkLane, int> { [WorkLane.Soon] = 3, [WorkLane.Later] = 0, [WorkLane.Starts] = 3, [WorkLane.GivenUp] = 3 });
        // What is looked for is nobody's who reads.
        (await S.Writer.QueryAsync(LostStart.Claim("juo", now, now.AddMinutes(1), 10), LostStart.Read)).Should().HaveCount(3).And.OnlyContain(start => start.Kind == WorkKind.Reconcile);
        var oldest = await InsertDueAsync(WorkKind.Queued, now.AddMinutes(-1));
        await InsertDueAsync(WorkKind.Queued, now);
        (await ClaimAsync(WorkLane.Starts, 1)).Select(claim => claim.RunId).Should().Equal(oldest);

        Task<List<WorkClaim>> ClaimAsync(WorkLane lane, int limit) => S.Writer.QueryAsync(WorkTable.Claim("juo", lane, now, now.AddMinutes(1), limit), WorkTable.Read);
    }

    [Fact]
    public async Task A_read_decides_the_lane_of_the_next_and_a_hint_brings_it_back()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running));
        var now = run.UpdatedAt;
        await WriteAsync(WorkTable.Insert(run, WorkKind.Poll, now, null));
        var claim = (await S.Writer.QueryAsync(WorkTable.Claim("juo", WorkLane.Soon, now, now.AddMinutes(1), 1), WorkTable.Read)).Single();

        await WriteAsync(WorkTable.Seen(claim, now, new PollPlan(now, WorkLane.Later)));
        (await S.Reader.CountDueAsync("juo", now, 10)).Should().Be(new DueCounts(0, 1, 0, 0));
        await WriteAsync(WorkTable.Hint(run.Id, now));
        (await S.Reader.CountDueAsync("juo", now, 10)).Should().Be(new DueCounts(1, 0, 0, 0));
        await WriteAsync(WorkTable.Plan(run, WorkKind.Queued, now));
        (await S.Reader.CountDueAsync("juo", now, 10)).Should().Be(new DueCounts(0, 0, 1, 0));
        var start = (await S.Writer.QueryAsync(WorkTable.Claim("juo", WorkLane.Starts, now, now, 1), WorkTable.Read)).Single();
        await WriteAsync(WorkTable.Send(run.Id, start.Fence, now, now));
        (await S.Reader.CountDueAsync("juo", now, 10)).Should().Be(new DueCounts(0, 0, 0, 1));

        async Task WriteAsync(Statement statement) =>
            (await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { statement } })).Should().Be(WriteResult.Applied);
    }

    private async Task<RunId> InsertDueAsync(WorkKind kind, DateTimeOffset dueAt)
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running));
        await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { WorkTable.Insert(run, kind, dueAt, null) } });
        return run.Id;
    }
}
