using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

/// <summary>What a store must do, whichever it is. A store passes by deriving this and saying how it is opened.</summary>
public abstract partial class LedgerAcceptance : IDisposable
{
    private protected abstract Dialect Open();

    private readonly Lazy<Store> _store;

    protected LedgerAcceptance() => _store = new Lazy<Store>(() => new Store(Open()));

    private Store S => _store.Value;

    [Fact]
    public async Task What_was_decided_from_an_older_version_is_refused_and_no_conflict()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Pending));
        var seen = run with { Status = RunStatus.Running, Version = run.Version + 1 };
        var overtaken = run with { Status = RunStatus.Unknown, Reason = "start-unconfirmed", Version = run.Version + 1 };

        (await S.Writer.WriteAsync(Store.UpdateOf(run, seen))).Should().Be(WriteResult.Applied);

        // A conflict would say that the vendor's run is another's; who is refused reads again.
        (await S.Writer.WriteAsync(Store.UpdateOf(run, overtaken))).Should().Be(WriteResult.Refused);
    }

    [Fact]
    public async Task A_change_is_whole_or_not_at_all()
    {
        var run = Sample.Run(RunStatus.Starting);
        var change = Store.InsertOf(run);
        change.Guards.Add(WorkTable.Delete(Sample.Id()));

        (await S.Writer.WriteAsync(change)).Should().Be(WriteResult.Refused);

        (await S.Reader.FindRunAsync(null, run.Id)).Should().BeNull();
        (await S.Reader.ReadEventsAsync(null, run.Id, 0, 10)).Rows.Should().BeEmpty();
    }

    [Fact]
    public async Task A_row_comes_back_as_it_was_written()
    {
        var run = Sample.Run(RunStatus.Waiting) with
        {
            Reason = "interaction",
            NativeStatus = "wörd",
            LastKnownStatus = RunStatus.Running,
            VendorVersion = "3",
            Subject = "customer-1",
            Attempts = 2,
            Labels = new Dictionary<string, string> { ["region"] = "eu" },
            CorrelationId = "order-1",
            ParentId = Sample.Id(),
            DryRun = true,
            StopRequested = true,
            Detail = new RunDetail { Interactions = [Sample.Interaction("i1", DateTimeOffset.UnixEpoch.AddYears(57))], Error = new RunError("a", "run", "b", "c", true) },
            ObservedAt = DateTimeOffset.UnixEpoch.AddYears(56),
            ObservedBy = "poll",
        };

        await S.InsertAsync(run);

        (await S.Reader.FindRunAsync(run.Tenant, run.Id)).Should().BeEquivalentTo(run);
    }

    // A key that was left out for one start must not cost what was sealed under it.
    [Fact]
    public async Task A_detail_that_no_key_opens_stays_as_it_is_until_there_is_a_newer_one()
    {
        var (gone, here) = (new Sealer([.. Enumerable.Repeat((byte)1, 32)]), new Sealer([.. Enumerable.Repeat((byte)2, 32)]));
        var run = Sample.Run(RunStatus.Waiting) with { Detail = new RunDetail { Interactions = [Sample.Interaction("i1", DateTimeOffset.UnixEpoch.AddYears(57))] } };
        await WriteAsync(RunColumns.Insert(run, null, gone));
        var before = Stored();
        var read = (await S.ReaderThatCounts(1).FindRunAsync(run.Tenant, run.Id))!;
        read.Detail.Should().BeSameAs(RunDetail.Empty);

        var asked = read with { StopRequested = true, Version = read.Version + 1 };
        await WriteAsync(RunColumns.Update(asked, here));
        Stored().Should().Be(before);
        (await S.ReaderThatCounts(1).FindRunAsync(run.Tenant, run.Id))!.StopRequested.Should().BeTrue();

        var seen = new RunDetail { Interactions = [Sample.Interaction("i2", DateTimeOffset.UnixEpoch.AddYears(58))] };
        await WriteAsync(RunColumns.Update(asked with { Detail = seen, Version = asked.Version + 1 }, here));
        var (detail, deadline) = Stored();
        here.OpenText(detail, run.Tenant, run.Id, "detail").Should().Contain("i2");
        deadline.Should().BeGreaterThan(before.Deadline);

        (string Detail, long Deadline) Stored() => S.Raw.QuerySingle<(string, long)>("SELECT detail, deadline FROM runs");
        async Task WriteAsync(Statement statement) => (await S.Writer.WriteAsync(new LedgerChange { Order = run.Id.ToBytes(), Guards = { statement } })).Should().Be(WriteResult.Applied);
    }

    [Fact]
    public async Task Of_two_next_versions_one_is_written()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running));

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => S.Writer.WriteAsync(Store.UpdateOf(run, run with { Version = 8 }))));

        results.Count(result => result == WriteResult.Applied).Should().Be(1);
        (await S.Reader.ReadEventsAsync(null, run.Id, 0, 100)).Rows.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_final_row_is_never_written_again()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running));
        var final = run with { Status = RunStatus.Succeeded, Version = 8 };
        await S.Writer.WriteAsync(Store.UpdateOf(run, final));

        (await S.Writer.WriteAsync(Store.UpdateOf(final, final with { Status = RunStatus.Failed, Version = 9 }))).Should().Be(WriteResult.Refused);
        var around = () => S.Raw.Execute("UPDATE runs SET status='failed', final=0");

        around.Should().Throw<Exception>().WithMessage("*a final run never changes*");
    }

    [Fact]
    public async Task One_vendor_run_is_bound_once_and_the_rest_of_the_group_is_written()
    {
        var taken = await S.InsertAsync(Sample.Run(RunStatus.Running));
        var results = new List<Task<WriteResult>>();
        for (var i = 0; i < 20; i++)
        {
            var run = Sample.Run(RunStatus.Running);
            results.Add(S.Writer.WriteAsync(Store.InsertOf(i == 7 ? run with { VendorRunId = taken.VendorRunId } : run)));
        }

        (await Task.WhenAll(results)).Select((result, i) => (result, i)).Should().OnlyContain(row => row.result == (row.i == 7 ? WriteResult.Conflict : WriteResult.Applied));
        (await S.Reader.CountRunsAsync(null)).Sum(row => row.Count).Should().Be(20);
    }

    [Fact]
    public async Task Commit_order_is_the_sequence_and_nobody_sees_a_gap_fill_later()
    {
        var seen = new List<long>();
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested || (await S.Reader.ReadEventsAsync(null, null, seen.LastOrDefault(), 1)).Rows.Count > 0)
                seen.AddRange((await S.Reader.ReadEventsAsync(null, null, seen.LastOrDefault(), 100)).Rows.Select(e => e.Seq));
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await S.InsertAsync(Sample.Run(RunStatus.Running));
        })));
        await stop.CancelAsync();
        await reading;

        seen.Should().HaveCount(800).And.BeInAscendingOrder();
    }

    [Fact]
    public async Task Counts_are_what_counting_would_give()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => S.InsertAsync(Sample.Run(RunStatus.Running, tenant: $"t{i % 2}", workflow: $"w{i % 3}"))));
        await Task.WhenAll(runs.Where((_, i) => i % 4 == 0).Select(run => S.Writer.WriteAsync(Store.UpdateOf(run, run with { Status = RunStatus.Failed, Version = 8 }))));

        var counted = S.Raw.Query<(string, string, long)>("SELECT workflow, status, COUNT(*) FROM runs WHERE tenant='t1' GROUP BY workflow, status");
        (await S.Reader.CountRunsAsync("t1")).Select(row => (row.Workflow, RunViewWords.Of(row.Status), row.Count)).Should().BeEquivalentTo(counted);
    }

    [Fact]
    public async Task Nobody_is_told_before_it_is_durable()
    {
        var told = new List<RunRow>();
        S.Writer.Committed += runs =>
        {
            foreach (var run in runs)
            {
                S.Reader.FindRunAsync(null, run.Id).AsTask().Result!.Version.Should().Be(run.Version);
                lock (told) told.Add(run);
            }
        };

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => S.InsertAsync(Sample.Run(RunStatus.Running))));

        told.Should().HaveCount(50);
    }

    [Fact]
    public async Task A_read_is_never_older_than_what_was_acknowledged()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running));
        await S.Writer.WriteAsync(new LedgerChange { Order = run.Id.ToBytes(), Guards = { WorkTable.Insert(run, WorkKind.Poll, run.UpdatedAt, null) } });
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await S.Reader.FindRunAsync(null, run.Id);
        })).ToList();

        for (var i = 0; i < 500; i++)
        {
            var next = run with { Version = run.Version + 1 };
            await S.Writer.WriteAsync(Store.UpdateOf(run, next));
            (await S.Reader.FindRunAsync(null, run.Id))!.Version.Should().Be(next.Version);
            run = next;
        }

        var claim = (await S.Writer.QueryAsync(WorkTable.Claim("juo", WorkLane.Soon, run.UpdatedAt, run.UpdatedAt, 1), WorkTable.Read))[0];
        await S.Writer.WriteAsync(new LedgerChange { Order = run.Id.ToBytes(), Guards = { WorkTable.Failed(claim, "away", new PollPlan(run.UpdatedAt, WorkLane.Soon), 0, null) } });
        (await S.Reader.FindRunAsync(null, run.Id))!.SyncError.Should().Be("away");
        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Another_tenants_run_does_not_exist()
    {
        var run = await S.InsertAsync(Sample.Run(RunStatus.Running, tenant: "a"));

        (await S.Reader.FindRunAsync("b", run.Id)).Should().BeNull();
        (await S.Reader.ListRunsAsync(new RunFilter { Tenant = "b" }, null, 10)).Runs.Should().BeEmpty();
        (await S.Reader.ReadEventsAsync("b", run.Id, 0, 10)).Rows.Should().BeEmpty();
        (await S.Reader.CountRunsAsync("b")).Should().BeEmpty();
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_store.IsValueCreated) S.Dispose();
        Cleanup();
    }

    private protected virtual void Cleanup()
    {
    }

    /// <summary>An opened store and the plainest ways to write to it.</summary>
    internal sealed class Store : IDisposable
    {
        private readonly Dialect _dialect;
        private static readonly Sealer Plain = new(null);
        private readonly ReaderPool _pool;

        public Store(Dialect dialect)
        {
            _dialect = dialect;
            Writer = new LedgerWriter(dialect, TimeProvider.System, NullLogger<LedgerWriter>.Instance);
            _pool = new ReaderPool(dialect);
            Reader = new LedgerReader(_pool, dialect, new Sealer(null), dialect.SingleProcess ? new RowCache(Writer) : null);
            Raw = dialect.OpenWriter();
        }

        public LedgerWriter Writer { get; }
        public LedgerReader Reader { get; }
        public System.Data.Common.DbConnection Raw { get; }

        public LedgerReader ReaderThatCounts(int most) => new(_pool, _dialect, new Sealer(null), null) { MostOpenCounted = most };

        public long Count(string sql) => Raw.ExecuteScalar<long>(sql);

        public async Task<RunRow> InsertAsync(RunRow run, IdempotencyKey? key = null)
        {
            (await Writer.WriteAsync(InsertOf(run, key))).Should().Be(WriteResult.Applied);
            return run;
        }

        public static LedgerChange InsertOf(RunRow run, IdempotencyKey? key = null)
        {
            var change = new LedgerChange { Order = run.Id.ToBytes(), Run = run };
            if (key is not null) change.Guards.Add(KeyTable.Claim(run.Tenant, key, run.Id.ToBytes()));
            change.Guards.Add(RunColumns.Insert(run, key?.Hash, Plain));
            foreach (var (name, value) in run.Labels)
                change.Consequences.Add(new Statement("INSERT INTO run_labels(tenant, key, value, run_id) VALUES(@tenant, @key, @value, @run_id)", run.Tenant, name, value, run.Id.ToBytes()));
            change.Counts.Add((run, 1));
            change.Events.Add(Event(run));
            return change;
        }

        public static LedgerChange UpdateOf(RunRow before, RunRow after)
        {
            var change = new LedgerChange { Order = after.Id.ToBytes(), Run = after };
            change.Guards.Add(RunColumns.Update(after, Plain));
            change.Counts.Add((before, -1));
            change.Counts.Add((after, 1));
            change.Events.Add(Event(after));
            return change;
        }

        public void Dispose()
        {
            Raw.Dispose();
            _pool.Dispose();
            Writer.Dispose();
            _dialect.Dispose();
        }

        private static EventDraft Event(RunRow run) => new(run.Tenant, run.Id, run.Version, run.UpdatedAt, "run.changed", "{}");
    }
}
