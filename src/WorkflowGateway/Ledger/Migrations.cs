using System.Data.Common;
using Dapper;

namespace WorkflowGateway.Ledger;

/// <summary>Brings the schema up to date at start. Shared files first, then the dialect's of the same number.</summary>
internal static class Migrations
{
    /// <summary>In seconds: a table of millions takes a while, and the others wait for who is first.</summary>
    private const int Patience = 3600;

    public static void Apply(DbConnection connection, Dialect dialect, TimeProvider time)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute(dialect.LockMigrations, transaction: transaction, commandTimeout: Patience);
        connection.Execute(dialect.Translate("CREATE TABLE IF NOT EXISTS migrations(name {t} NOT NULL PRIMARY KEY, at BIGINT NOT NULL)"), transaction: transaction);
        var known = Known(dialect);
        var applied = connection.Query<string>("SELECT name FROM migrations", transaction: transaction).ToHashSet();
        if (applied.Except(known).FirstOrDefault() is { } newer) throw new InvalidOperationException(Newer(dialect, newer));
        foreach (var name in known.Where(name => !applied.Contains(name)))
        {
            connection.Execute(dialect.Translate(Read(name)), transaction: transaction, commandTimeout: Patience);
            connection.Execute("INSERT INTO migrations(name, at) VALUES(@name, @at)", new { name, at = time.GetUtcNow().ToUnixTimeMilliseconds() }, transaction);
        }

        transaction.Commit();
    }

    /// <summary>How a ledger is not of this version, for who only reads it; null where it is.</summary>
    public static string? Difference(DbConnection connection, Dialect dialect)
    {
        var (known, applied) = (Known(dialect), connection.Query<string>("SELECT name FROM migrations").ToList());
        if (applied.Except(known).FirstOrDefault() is { } newer) return Newer(dialect, newer);
        return known.Except(applied).FirstOrDefault() is { } missing
            ? $"The ledger ({dialect.Describe()}) was written by an older version: it lacks the migration {missing}. Start the gateway of this version once, which brings it up to date."
            : null;
    }

    private static string Newer(Dialect dialect, string migration) =>
        $"The ledger ({dialect.Describe()}) was written by a newer version: it has the migration {migration}. Run that version, or restore a backup.";

    // 0001-runs.sql is everybody's, 0001-runs.sqlite.sql only SQLite's.
    private static List<string> Known(Dialect dialect) =>
    [
        .. typeof(Migrations).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal) && name.Split('.') is [_, "sql"] or [_, _, "sql"])
            .Where(name => name.Split('.') is not [_, var store, "sql"] || store == dialect.Name)
            .OrderBy(name => name.Split('.')[0], StringComparer.Ordinal).ThenBy(name => name.Length),
    ];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
