using System.Data.Common;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Moves a SQLite ledger to PostgreSQL while no gateway runs: every table, all or nothing, into an empty database.</summary>
internal sealed class StoreCopy(SqliteDialect from, PostgresDialect to, TimeProvider time, Action<string> tell)
{
    private const int TellEvery = 100_000;

    /// <returns>How many rows were copied.</returns>
    /// <exception cref="SettingsException">The target is not empty.</exception>
    public long Run()
    {
        using var source = from.OpenWriter();
        Migrations.Apply(source, from, time);
        CutOff(source);
        using var target = to.OpenWriter();
        Migrations.Apply(target, to, time);
        using var transaction = target.BeginTransaction();
        target.Execute(to.LockMigrations, transaction: transaction);
        var tables = TablesOf(source);
        if (tables.FirstOrDefault(table => target.ExecuteScalar<bool>($"SELECT EXISTS(SELECT 1 FROM {table})", transaction: transaction)) is { } full)
            throw new SettingsException($"{to.Describe()} is not empty: its table {full} has rows. Give an empty database in Storage:ConnectionString.");
        var total = tables.Sum(table => Copy(source, target, table));
        Note(target);
        transaction.Commit();
        return total;
    }

    private void Note(DbConnection target)
    {
        using var session = new PreparedStatements(target, to);
        session.Execute(AuditTable.Insert(new Audit.AuditRow
        {
            Tenant = Audit.AuditRow.AllTenants,
            At = RunColumns.Time(time.Now()),
            Actor = Audit.AuditRow.Cli,
            Role = "operator",
            Action = "copyStore",
            Outcome = AuditTable.Done,
            Detail = "from " + from.Describe(),
        }));
    }

    // Nobody is sending any more: what was under way is to be found out, by whichever replica comes first.
    private void CutOff(DbConnection source)
    {
        using var session = new PreparedStatements(source, from);
        session.Execute(WorkTable.CutOff(time.Now()));
    }

    private static List<string> TablesOf(DbConnection source) => source.Query<string>(
        "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations' ORDER BY name").AsList();

    private long Copy(DbConnection source, NpgsqlConnection target, string table)
    {
        using var command = source.CreateCommand();
        command.CommandText = $"SELECT * FROM {table}";
        using var rows = command.ExecuteReader();
        var columns = Enumerable.Range(0, rows.FieldCount).Select(rows.GetName).ToList();
        var copied = 0L;
        using (var writer = target.BeginBinaryImport($"COPY {table}({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)"))
        {
            while (rows.Read())
            {
                writer.StartRow();
                for (var i = 0; i < columns.Count; i++) Write(writer, rows.GetValue(i));
                if (++copied % TellEvery == 0) tell($"  {table,-16} {copied,12:N0} …");
            }

            writer.Complete();
        }

        Continue(source, target, table);
        if (target.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}") is var there && there != copied)
            throw new InvalidOperationException($"{table} has {there} rows, not the {copied} that were copied.");
        tell($"  {table,-16} {copied,12:N0}");
        return copied;
    }

    // A number that was given out once must not be given out again, also when its row was purged.
    private static void Continue(DbConnection source, NpgsqlConnection target, string table)
    {
        var last = source.ExecuteScalar<long?>("SELECT seq FROM sqlite_sequence WHERE name=@table", new { table });
        if (last is > 0) target.Execute($"SELECT setval(pg_get_serial_sequence('{table}', 'seq'), @last)", new { last });
    }

    private static void Write(NpgsqlBinaryImporter writer, object value)
    {
        switch (value)
        {
            case long number: writer.Write(number, NpgsqlDbType.Bigint); break;
            case string text: writer.Write(text, NpgsqlDbType.Text); break;
            case byte[] bytes: writer.Write(bytes, NpgsqlDbType.Bytea); break;
            default: writer.WriteNull(); break;
        }
    }
}
