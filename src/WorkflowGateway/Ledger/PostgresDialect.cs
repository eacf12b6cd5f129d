using System.Data.Common;
using Npgsql;

namespace WorkflowGateway.Ledger;

/// <summary>PostgreSQL: any number of replicas, which share nothing else.</summary>
internal sealed class PostgresDialect : Dialect
{
    private const string IdleInTransaction = "25P03";

    private readonly string _writer, _reader;
    private readonly string _place;

    public PostgresDialect(string connectionString, TimeProvider time)
    {
        Time = time;
        try
        {
            var given = new NpgsqlConnectionStringBuilder(connectionString);
            // Npgsql's own builder claims to contain every setting that it knows, and takes a name with and without spaces.
            var written = new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys!.Cast<string>()
                .Select(name => name.Replace(" ", "", StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
            // A store that is gone must be noticed while callers still wait; what the operator wrote wins.
            if (!written.Contains("Timeout")) given.Timeout = 3;
            if (!written.Contains("CommandTimeout")) given.CommandTimeout = 10;
            if (!written.Contains("MaxAutoPrepare")) given.MaxAutoPrepare = 200;
            if (!written.Contains("AutoPrepareMinUsages")) given.AutoPrepareMinUsages = 2;
            if (!written.Contains("ApplicationName")) given.ApplicationName = "workflow-gateway";
            // Connections are kept here, each with its prepared statements.
            given.Pooling = false;
            _place = $"{given.Database} on {given.Host}:{given.Port}";
            // Sent at once: who is stopped in the middle of a group's end would hold up every other replica.
            _writer = With(new NpgsqlConnectionStringBuilder(given.ConnectionString) { WriteBufferSize = 512 * 1024 }, "-c synchronous_commit=on -c idle_in_transaction_session_timeout=5000 -c lock_timeout=8000");
            _reader = With(given, "-c default_transaction_read_only=on");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new SettingsException($"Storage:ConnectionString cannot be used: {exception.Message} Write it as Host=db;Database=gateway;Username=gateway;Password=…", exception);
        }
    }

    public TimeProvider Time { get; }

    public override string Name => "postgres";

    public override bool SingleProcess => false;

    public override int MaxReaders => 16;

    public override string Describe() => $"PostgreSQL {_place}";

    public override string Translate(string sql) => !sql.Contains('{', StringComparison.Ordinal) ? sql : sql
        .Replace("{t}", "TEXT COLLATE \"C\"", StringComparison.Ordinal)
        .Replace("{b}", "BYTEA", StringComparison.Ordinal)
        .Replace("{w}", "", StringComparison.Ordinal)
        .Replace("{seq}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{skip_locked}", "FOR UPDATE SKIP LOCKED", StringComparison.Ordinal)
        // A join keeps no order of its own here.
        .Replace("{newest_first}", "ORDER BY p.id DESC", StringComparison.Ordinal);

    public override LedgerSession OpenSession() => new PostgresSession(this);

    public override NpgsqlConnection OpenWriter()
    {
        var connection = new NpgsqlConnection(_writer);
        connection.Open();
        return connection;
    }

    public override async ValueTask<DbConnection> OpenReaderAsync()
    {
        var connection = new NpgsqlConnection(_reader);
        await connection.OpenAsync();
        return connection;
    }

    // Replicas that start together wait for the first, however long it takes.
    public override string LockMigrations => "SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock(7306)";

    public override bool IsUnavailable(Exception exception) => exception switch
    {
        PostgresException { SqlState: { } state } =>
            state[..2] is "08" or "53" or "57" or "58" || state is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.ReadOnlySqlTransaction or IdleInTransaction,
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    // The server looks after that by itself: it restarts from its log.
    public override bool IsFatal(Exception exception) => false;

    public override bool IsUniqueViolation(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public override void Dispose()
    {
    }

    private static string With(NpgsqlConnectionStringBuilder given, string options)
    {
        var mine = new NpgsqlConnectionStringBuilder(given.ConnectionString) { Options = $"{given.Options} {options}".Trim() };
        return mine.ConnectionString;
    }
}
