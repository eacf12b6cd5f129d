using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Tests.Ledger;

public sealed class SqliteLedgerTests : LedgerAcceptance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-ledger-").FullName;

    private string File => Path.Combine(_folder, "gateway.db");

    [Fact]
    public void Every_commit_is_synced()
    {
        using var dialect = Open();
        using var writer = dialect.OpenWriter();

        // 2 is FULL: with less a power loss takes acknowledged commits with it.
        writer.ExecuteScalar<long>("PRAGMA synchronous").Should().Be(2);
        writer.ExecuteScalar<string>("PRAGMA journal_mode").Should().Be("wal");
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        using var dialect = Open();
        using (new LedgerWriter(dialect, TimeProvider.System, NullLogger<LedgerWriter>.Instance))
        {
            await using var reader = await dialect.OpenReaderAsync();
            var write = () => reader.Execute("DELETE FROM runs");

            write.Should().Throw<SqliteException>().WithMessage("*readonly*");
        }
    }

    [Fact]
    public void A_second_user_of_the_file_is_refused()
    {
        using var first = Open();
        var second = Open;

        second.Should().Throw<Exception>().WithMessage("*in use by another process*");
    }

    [Fact]
    public void A_ledger_of_a_newer_version_is_refused()
    {
        using var dialect = Open();
        new LedgerWriter(dialect, TimeProvider.System, NullLogger<LedgerWriter>.Instance).Dispose();
        using (var raw = dialect.OpenWriter()) raw.Execute("INSERT INTO migrations(name, at) VALUES('9999-future.sql', 0)");
        var open = () => new LedgerWriter(dialect, TimeProvider.System, NullLogger<LedgerWriter>.Instance);

        open.Should().Throw<Exception>().WithMessage("*newer version*9999-future.sql*");
    }

    private protected override Dialect Open() => new SqliteDialect(File);

    private protected override void Cleanup() => Directory.Delete(_folder, recursive: true);
}
