using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Faults.Rig;

/// <summary>Where a gateway under test keeps its ledger, and how a test reads the rows themselves.</summary>
internal abstract class Store : IDisposable
{
    /// <summary>Those that a proof runs on: both, or the one that WFG_STORE names.</summary>
    public static readonly IReadOnlyList<string> Names = Environment.GetEnvironmentVariable("WFG_STORE") is { Length: > 0 } only ? [only] : ["sqlite", "postgres"];

    public abstract string Name { get; }

    /// <summary>What makes a gateway use it.</summary>
    public abstract IEnumerable<string> Arguments { get; }

    public static Store Create(string name, string folder) => name switch
    {
        "sqlite" => new SqliteStore(Path.Combine(folder, "data", "gateway.db")),
        "postgres" => new PostgresStore(PostgresServer.Shared),
        "away" => new AwayStore(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such store."),
    };

    public List<T> Query<T>(string sql, Func<DbDataReader, T> read)
    {
        using var connection = Open();
        using var query = connection.CreateCommand();
        query.CommandText = sql;
        using var rows = query.ExecuteReader();
        var all = new List<T>();
        while (rows.Read()) all.Add(read(rows));
        return all;
    }

    /// <summary>What is wrong with the store itself, or "ok".</summary>
    public virtual string Check() => "ok";

    public virtual void Dispose()
    {
    }

    protected abstract DbConnection Open();
}

internal sealed class SqliteStore(string path) : Store
{
    public override string Name => "sqlite";

    public override IEnumerable<string> Arguments => ["--Storage:Provider=sqlite", $"--Storage:Path={path}"];

    public override string Check() => Query("PRAGMA integrity_check", row => row.GetString(0))[0];

    protected override DbConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}

/// <summary>A PostgreSQL that is not there.</summary>
internal sealed class AwayStore : Store
{
    public override string Name => "away";

    public override IEnumerable<string> Arguments => ["--Storage:Provider=postgres", $"--Storage:ConnectionString=Host=127.0.0.1;Port={Ports.Free()};Username=gateway;Database=gateway"];

    protected override DbConnection Open() => throw new NotSupportedException("It is not there.");
}

internal sealed class PostgresStore(PostgresServer server) : Store
{
    private readonly string _connectionString = server.CreateDatabase();

    public override string Name => "postgres";

    public override IEnumerable<string> Arguments => ["--Storage:Provider=postgres", $"--Storage:ConnectionString={_connectionString}"];

    public void RestartImmediately() => server.RestartImmediately();

    protected override DbConnection Open()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
