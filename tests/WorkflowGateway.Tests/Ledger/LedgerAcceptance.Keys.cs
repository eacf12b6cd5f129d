using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    [Fact]
    public async Task Of_many_requests_with_one_key_one_makes_a_run()
    {
        var key = new IdempotencyKey([1], [2]);

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => S.Writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Starting), key))));

        results.Count(result => result == WriteResult.Applied).Should().Be(1);
        (await S.Reader.ListRunsAsync(new RunFilter(), null, 10)).Runs.Should().ContainSingle();
    }

    [Fact]
    public async Task Another_tenants_equal_key_is_another_key()
    {
        var key = new IdempotencyKey([1], [2]);
        await S.InsertAsync(Sample.Run(RunStatus.Starting, tenant: "a"), key);

        await S.InsertAsync(Sample.Run(RunStatus.Starting, tenant: "b"), key);
    }

    [Fact]
    public async Task A_key_of_which_nothing_came_is_free_for_the_same_request_only()
    {
        var key = new IdempotencyKey([1], [2]);
        var run = await S.InsertAsync(Sample.Run(RunStatus.Starting), key);
        await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { KeyTable.End(run, retryable: true, run.UpdatedAt) } });

        var other = await S.Writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Starting), key with { Fingerprint = [3] }));
        var same = await S.Writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Starting), key));
        var again = await S.Writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Starting), key));

        (other, same, again).Should().Be((WriteResult.Refused, WriteResult.Applied, WriteResult.Refused));
    }

    [Fact]
    public async Task A_turn_has_one_winner_until_it_is_refused()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Waiting));
        CommandRow Command() => new(run.Tenant, Sample.Id().ToBytes(), run.Id.ToBytes(), "respond", "turn-1", CommandState.Sent, [1], "me", null, 0, null);
        Task<WriteResult> Write(params Statement[] statements)
        {
            var change = new LedgerChange { Order = [] };
            change.Guards.AddRange(statements);
            return S.Writer.WriteAsync(change);
        }

        var first = Command();
        (await Write(CommandTable.Insert(first, "{}"))).Should().Be(WriteResult.Applied);
        (await Write(CommandTable.Insert(Command(), "{}"))).Should().Be(WriteResult.Conflict);
        (await Write(CommandTable.Move(first, CommandState.Sent, CommandState.Refused, null))).Should().Be(WriteResult.Applied);
        (await Write(CommandTable.Insert(Command(), "{}"))).Should().Be(WriteResult.Applied);
        (await S.Reader.FindTurnAsync(run.Id, "turn-1")).Should().NotBeNull();
    }

    [Fact]
    public async Task A_due_row_is_claimed_once_and_an_older_fence_writes_nothing()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running));
        var now = run.UpdatedAt;
        await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { WorkTable.Insert(run, WorkKind.Poll, now, null) } });

        (await S.Reader.CountDueAsync("juo", now.AddSeconds(-1), 10)).Should().Be(default(DueCounts));
        (await S.Reader.CountDueAsync("juo", now, 10)).Should().Be(new DueCounts(1, 0, 0, 0));
        var first = await S.Writer.QueryAsync(WorkTable.Claim("juo", WorkLane.Soon, now, now.AddSeconds(30), 10), WorkTable.Read);
        var second = await S.Writer.QueryAsync(WorkTable.Claim("juo", WorkLane.Soon, now, now.AddSeconds(30), 10), WorkTable.Read);
        var later = await S.Writer.QueryAsync(WorkTable.Claim("juo", WorkLane.Soon, now.AddSeconds(31), now.AddSeconds(60), 10), WorkTable.Read);
        var stale = await S.Writer.WriteAsync(new LedgerChange { Order = [], Guards = { WorkTable.Seen(first[0], now, new PollPlan(now, WorkLane.Soon)) } });

        (first.Count, second.Count, later.Count, stale).Should().Be((1, 0, 1, WriteResult.Refused));
    }
}
