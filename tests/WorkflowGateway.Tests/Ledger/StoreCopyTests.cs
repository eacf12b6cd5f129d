using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Ledger;

public sealed class StoreCopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-copy-").FullName;
    private readonly string _database = PostgresServer.Shared.CreateDatabase();
    private readonly List<string> _told = [];

    [Fact]
    public async Task Every_row_arrives_and_the_sequence_goes_on()
    {
        using var from = new SqliteDialect(Path.Combine(_folder, "gateway.db"));
        var runs = await FillAsync(from);
        using var to = new PostgresDialect(_database, TimeProvider.System);

        new StoreCopy(from, to, TimeProvider.System, _told.Add).Run().Should().Be(20 + 20 + 19 + 1, "runs, labels, events and one count");

        _told.Should().Contain(line => line.Contains("runs ", StringComparison.Ordinal) && line.EndsWith(" 20", StringComparison.Ordinal));
        using var pool = new ReaderPool(to);
        var reader = new LedgerReader(pool, to, new Sealer(null), null);
        foreach (var run in runs) (await reader.FindRunAsync(null, run.Id)).Should().BeEquivalentTo(run);
        using (var writer = new LedgerWriter(to, TimeProvider.System, NullLogger<LedgerWriter>.Instance)) await writer.WriteAsync(LedgerAcceptance.Store.InsertOf(Sample.Run(RunStatus.Running)));
        // One event was purged from the end before: its number is not used again.
        (await reader.ReadEventsAsync(null, null, 0, 100)).Rows.Select(e => e.Seq).Should().Equal(Enumerable.Range(1, 19).Append(21).Select(seq => (long)seq));
    }

    [Fact]
    public async Task What_was_being_sent_is_found_out_at_once()
    {
        using var from = new SqliteDialect(Path.Combine(_folder, "gateway.db"));
        var run = (await FillAsync(from))[0];
        using (var writer = new LedgerWriter(from, TimeProvider.System, NullLogger<LedgerWriter>.Instance))
            await writer.WriteAsync(new LedgerChange { Order = [], Guards = { WorkTable.Insert(run, WorkKind.Sent, DateTimeOffset.UnixEpoch.AddYears(99), null) } });
        using var to = new PostgresDialect(_database, TimeProvider.System);

        new StoreCopy(from, to, TimeProvider.System, _told.Add).Run();

        await using var check = to.OpenWriter();
        (await check.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM work WHERE kind='sent' AND due_at < @far", new { far = DateTimeOffset.UnixEpoch.AddYears(98).ToUnixTimeMilliseconds() })).Should().Be(1);
    }

    [Fact]
    public async Task A_database_that_is_not_empty_is_left_as_it_is()
    {
        using var from = new SqliteDialect(Path.Combine(_folder, "gateway.db"));
        await FillAsync(from);
        using var to = new PostgresDialect(_database, TimeProvider.System);
        var copy = () => new StoreCopy(from, to, TimeProvider.System, _told.Add).Run();
        copy();

        copy.Should().Throw<SettingsException>().WithMessage("*is not empty*");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<List<RunRow>> FillAsync(Dialect dialect)
    {
        using var writer = new LedgerWriter(dialect, TimeProvider.System, NullLogger<LedgerWriter>.Instance);
        var runs = Enumerable.Range(0, 20).Select(i => Sample.Run(RunStatus.Running) with { NativeStatus = "wörd", Labels = new Dictionary<string, string> { ["n"] = $"{i}" } }).ToList();
        foreach (var run in runs) await writer.WriteAsync(LedgerAcceptance.Store.InsertOf(run));
        await using var raw = dialect.OpenWriter();
        await raw.ExecuteAsync("DELETE FROM events WHERE seq=20");
        return runs;
    }
}
