using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    private static readonly DateTimeOffset Today = DateTimeOffset.UnixEpoch.AddYears(57);

    private sealed class Fixed(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private Retention Purger() =>
        new(S.Writer, S.Reader, new Fixed(Today), Options.Create(new RetentionOptions()), NullLogger<Retention>.Instance);

    [Fact]
    public async Task A_run_that_ended_long_ago_goes_with_all_that_is_its_and_nothing_else_does()
    {
        var old = await EndAsync(RunStatus.Succeeded, Today.AddDays(-30));
        var oldSeq = (await S.Reader.ReadEventsAsync(null, old.Id, 0, 10)).Rows.Max(change => change.Seq);
        var young = await EndAsync(RunStatus.Failed, Today.AddDays(-30).AddMinutes(1));
        var open = await InsertFullAsync(Sample.Run(RunStatus.Running) with { UpdatedAt = Today.AddDays(-300) });

        (await Purger().PurgeAsync(CancellationToken.None)).Should().Be(1);

        (await S.Reader.FindRunAsync(null, old.Id)).Should().BeNull();
        (await S.Reader.ListRunsAsync(new RunFilter { Tenant = "default" }, null, 10)).Runs.Select(run => run.Id).Should().BeEquivalentTo([young.Id, open.Id]);
        // Three of each there were, and of keys six.
        foreach (var table in (string[])["runs", "run_labels", "run_bodies", "commands"]) S.Count($"SELECT COUNT(*) FROM {table}").Should().Be(2, table);
        S.Count("SELECT COUNT(*) FROM idempotency").Should().Be(4);
        S.Count("SELECT COUNT(*) FROM work").Should().Be(1);
        (await S.Reader.ReadEventsAsync(null, null, 0, 100)).Rows.Select(change => change.RunId).Distinct().Should().BeEquivalentTo([young.Id, open.Id]);
        (await S.Reader.CountRunsAsync(null)).Select(row => (row.Status, row.Count)).Should().BeEquivalentTo([(RunStatus.Failed, 1L), (RunStatus.Running, 1L)]);
        (await S.Reader.FindWatermarkAsync()).Should().Be(oldSeq);
        (await Purger().PurgeAsync(CancellationToken.None)).Should().Be(0);
    }

    [Fact]
    public async Task Many_may_purge_at_once_and_the_counts_stay_exact()
    {
        for (var i = 0; i < 60; i++) await EndAsync(i % 2 == 0 ? RunStatus.Succeeded : RunStatus.Canceled, Today.AddDays(-31));
        for (var i = 0; i < 5; i++) await S.InsertAsync(Sample.Run(RunStatus.Running));

        var gone = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Purger().PurgeAsync(CancellationToken.None)));

        gone.Sum().Should().Be(60);
        (await S.Reader.CountRunsAsync(null)).Select(row => (row.Status, row.Count)).Should().Equal((RunStatus.Running, 5L));
        S.Count("SELECT COUNT(*) FROM runs").Should().Be(5);
        S.Count("SELECT COUNT(*) FROM events").Should().Be(5);
    }

    [Fact]
    public async Task A_dry_run_goes_when_it_is_old_although_it_never_ends()
    {
        var asked = Sample.Run(RunStatus.Running) with { DryRun = true };
        await S.InsertAsync(asked with { Id = RunId.FirstAt(Today.AddDays(-31)) });
        await S.InsertAsync(asked with { Id = RunId.FirstAt(Today.AddDays(-29)), VendorRunId = "another" });
        // Still being asked, as far as anybody knows.
        await S.InsertAsync(asked with { Id = RunId.FirstAt(Today.AddDays(-40)), Status = RunStatus.Starting, VendorRunId = null });

        (await Purger().PurgeAsync(CancellationToken.None)).Should().Be(1);

        S.Count("SELECT COUNT(*) FROM runs").Should().Be(2);
    }

    [Fact]
    public async Task A_dry_run_of_which_nobody_knows_what_came_stays_however_old()
    {
        var unknown = Sample.Run(RunStatus.Unknown) with { Id = RunId.FirstAt(Today.AddDays(-300)), DryRun = true, VendorRunId = null };
        await S.InsertAsync(unknown);

        (await Purger().PurgeAsync(CancellationToken.None)).Should().Be(0);

        // Whatever is asked: also where it became unknown after it was listed.
        (await S.Writer.WriteAsync(RetentionTable.Purge(new EndedRun(unknown, null, 0)))).Should().Be(WriteResult.Refused);
        (await S.Reader.FindRunAsync(null, unknown.Id)).Should().NotBeNull();
        S.Count("SELECT COUNT(*) FROM events").Should().Be(1);
    }

    [Fact]
    public async Task A_key_goes_when_its_time_is_up_and_never_while_its_run_is_open()
    {
        var (expired, kept, open) = (await WithKeyAsync(1), await WithKeyAsync(2), await WithKeyAsync(3));
        await S.Writer.WriteAsync(Also(KeyTable.End(expired, retryable: true, Today)));
        await S.Writer.WriteAsync(Also(KeyTable.End(kept, retryable: false, Today.AddMilliseconds(1))));

        await Purger().PurgeAsync(CancellationToken.None);

        (await S.Reader.FindKeyAsync("default", Hash(1))).Should().BeNull();
        (await S.Reader.FindKeyAsync("default", Hash(2))).Should().NotBeNull();
        (await S.Reader.FindKeyAsync("default", Hash(3)))!.Target.Should().Equal(open.Id.ToBytes());

        async Task<RunRow> WithKeyAsync(byte name) => await S.InsertAsync(Sample.Run(RunStatus.Running), new IdempotencyKey(Hash(name), [name]));
    }

    private async Task<RunRow> EndAsync(RunStatus status, DateTimeOffset at)
    {
        var run = await InsertFullAsync(Sample.Run(RunStatus.Running));
        var ended = run with { Status = status, FinalAt = at, UpdatedAt = at, Version = run.Version + 1 };
        var change = Store.UpdateOf(run, ended);
        change.Consequences.Add(WorkTable.Delete(run.Id));
        (await S.Writer.WriteAsync(change)).Should().Be(WriteResult.Applied);
        return ended;
    }

    // With one of everything, and two keys.
    private async Task<RunRow> InsertFullAsync(RunRow run)
    {
        var row = run with { Labels = new Dictionary<string, string> { ["region"] = "eu" } };
        await S.InsertAsync(row, new IdempotencyKey(row.Attempt.ToByteArray(), [1]));
        var command = new CommandRow("default", Sample.Id().ToBytes(), row.Id.ToBytes(), "stop", null, CommandState.Applied, [1], "me", Sample.Random().ToByteArray(), 0, null);
        var change = Also(
            CommandTable.Insert(command, "{}"), KeyTable.Claim("default", new IdempotencyKey(command.KeyHash!, [2]), command.Id), WorkTable.Insert(row, WorkKind.Poll, row.UpdatedAt, null),
            new Statement("INSERT INTO run_bodies(tenant, run_id, kind, body) VALUES(@tenant, @run_id, @kind, @body)", "default", row.Id.ToBytes(), "native", new byte[] { 1 }));
        (await S.Writer.WriteAsync(change)).Should().Be(WriteResult.Applied);
        return row;
    }

    private static LedgerChange Also(params Statement[] statements)
    {
        var change = new LedgerChange { Order = [] };
        change.Guards.AddRange(statements);
        return change;
    }

    private static byte[] Hash(byte name) => [.. Enumerable.Repeat(name, 32)];
}
