using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Ledger;

public sealed class PostgresLedgerTests : LedgerAcceptance
{
    private readonly string _database = PostgresServer.Shared.CreateDatabase();

    [Fact]
    public async Task A_commit_is_synced_whatever_the_server_does_by_itself()
    {
        using var dialect = (PostgresDialect)Open();
        await using (var administration = await AdministerAsync()) await administration.ExecuteAsync($"ALTER DATABASE {Name} SET synchronous_commit = off");
        await using var writer = dialect.OpenWriter();

        (await writer.ExecuteScalarAsync<string>("SHOW synchronous_commit")).Should().Be("on");
    }

    [Fact]
    public async Task What_is_audited_does_not_go_all_at_once_either()
    {
        using var dialect = Open();
        using var writer = Writer(dialect);
        await using var raw = dialect.OpenWriter();

        await raw.Invoking(r => r.ExecuteAsync("TRUNCATE audit")).Should().ThrowAsync<PostgresException>().WithMessage("*what is audited*");
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        using var dialect = Open();
        using var writer = Writer(dialect);
        await using var reader = await dialect.OpenReaderAsync();

        await reader.Invoking(r => r.ExecuteAsync("DELETE FROM runs")).Should().ThrowAsync<PostgresException>().WithMessage("*read-only*");
    }

    [Fact]
    public async Task Replicas_that_start_at_once_migrate_once()
    {
        using var dialect = Open();

        var writers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Writer(dialect))));

        foreach (var writer in writers) writer.Dispose();
        await using var raw = dialect.OpenWriter();
        (await raw.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM migrations")).Should().BePositive();
    }

    [Fact]
    public async Task Three_writers_and_a_reader_see_every_event_once_and_in_order()
    {
        using var dialect = Open();
        var writers = Enumerable.Range(0, 3).Select(_ => Writer(dialect)).ToList();
        using var pool = new ReaderPool(dialect);
        var reader = new LedgerReader(pool, dialect, new Sealer(null), null);
        var seen = new List<long>();
        var writing = Task.WhenAll(writers.SelectMany(writer => Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Running)));
        }))));
        while (!writing.IsCompleted || (await reader.ReadEventsAsync(null, null, seen.LastOrDefault(), 1)).Rows.Count > 0)
            seen.AddRange((await reader.ReadEventsAsync(null, null, seen.LastOrDefault(), 100)).Rows.Select(e => e.Seq));
        await writing;
        foreach (var writer in writers) writer.Dispose();

        seen.Should().HaveCount(1200).And.BeInAscendingOrder();
    }

    [Fact]
    public async Task Of_one_key_at_three_writers_one_wins()
    {
        using var dialect = Open();
        var writers = Enumerable.Range(0, 3).Select(_ => Writer(dialect)).ToList();
        var keys = Enumerable.Range(0, 50).Select(i => new IdempotencyKey([(byte)i], [1])).ToList();

        var results = await Task.WhenAll(writers.SelectMany((writer, w) => (w == 1 ? keys.AsEnumerable().Reverse() : keys).Select(async key =>
            (key, result: await writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Starting), key))))));
        foreach (var writer in writers) writer.Dispose();

        results.GroupBy(one => one.key).Should().OnlyContain(group => group.Count(one => one.result == WriteResult.Applied) == 1 && group.Count(one => one.result == WriteResult.Refused) == 2);
    }

    [Fact]
    public async Task A_connection_cut_while_idle_fails_nobody()
    {
        using var dialect = Open();
        using var writer = Writer(dialect);
        await writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Running)));

        await CutAsync("query LIKE '%'");

        (await writer.WriteAsync(Store.InsertOf(Sample.Run(RunStatus.Running)))).Should().Be(WriteResult.Applied);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_looked_up()
    {
        var place = new NpgsqlConnectionStringBuilder(_database);
        using var network = new LostAnswers(place.Port);
        using var dialect = new PostgresDialect(new NpgsqlConnectionStringBuilder(_database) { Port = network.Port }.ConnectionString, TimeProvider.System);
        using var writer = Writer(dialect);
        var run = Sample.Run(RunStatus.Running);
        network.LoseNext();

        // Written a second time it would be refused: it is there.
        (await writer.WriteAsync(Store.InsertOf(run))).Should().Be(WriteResult.Applied);

        network.Lost.Should().Be(1);
        await using var check = dialect.OpenWriter();
        (await check.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM runs WHERE id=@id", new { id = run.Id.ToBytes() })).Should().Be(1);
    }

    [Fact]
    public async Task A_commit_that_is_cut_before_its_end_is_written_again()
    {
        using var dialect = Open();
        using var writer = Writer(dialect);
        await using (var raw = dialect.OpenWriter())
        {
            // The commit is slow, and its connection is cut: deferred triggers run in COMMIT itself.
            await raw.ExecuteAsync(
                """
                CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON runs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold();
                """);
        }

        var run = Sample.Run(RunStatus.Running);
        var writing = writer.WriteAsync(Store.InsertOf(run));
        while (await CutAsync("wait_event = 'PgSleep'") == 0) await Task.Yield();

        // Undone by the cut, seen as such, and written again: once.
        (await writing).Should().Be(WriteResult.Applied);
        await using var check = dialect.OpenWriter();
        (await check.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM runs WHERE id=@id", new { id = run.Id.ToBytes() })).Should().Be(1);
    }

    [Fact]
    public void A_wrong_connection_string_is_told_as_a_setting()
    {
        var open = () => new PostgresDialect("Hots=here", TimeProvider.System);

        open.Should().Throw<SettingsException>().WithMessage("Storage:ConnectionString*");
    }

    private protected override Dialect Open() => new PostgresDialect(_database + ";Timeout=30", TimeProvider.System); // the machine may be busy

    private string Name => new NpgsqlConnectionStringBuilder(_database).Database!;

    private static LedgerWriter Writer(Dialect dialect) => new(dialect, TimeProvider.System, NullLogger<LedgerWriter>.Instance);

    private static async Task<NpgsqlConnection> AdministerAsync()
    {
        var connection = new NpgsqlConnection(PostgresServer.Shared.Administration);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Ends the database's connections as an administrator, or a broken network, would.</summary>
    private async Task<int> CutAsync(string which)
    {
        await using var administration = await AdministerAsync();
        return await administration.ExecuteScalarAsync<int>($"SELECT COUNT(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE datname='{Name}' AND {which}");
    }
}
