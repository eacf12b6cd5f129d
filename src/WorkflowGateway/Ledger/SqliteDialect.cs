using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace WorkflowGateway.Ledger;

/// <summary>SQLite: one process, one writer connection that also checkpoints, readers that cannot write.</summary>
internal sealed class SqliteDialect : Dialect
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Full = 13, CantOpen = 14, UniqueIndex = 2067, PrimaryKey = 1555, FailedSync = 1034, FailedFolderSync = 1290;

    private readonly string _path;
    private readonly FileStream? _lock;
    private readonly SqliteConnectionStringBuilder _place;

    private SqliteDialect(string path, SqliteConnectionStringBuilder place) => (_path, _place) = (path, place);

    public SqliteDialect(string path)
    {
        _path = Path.GetFullPath(path);
        _place = new SqliteConnectionStringBuilder { DataSource = _path };
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            // SQLite itself would let a second process in, and two connections that checkpoint at once can corrupt a WAL before 3.51.3.
            _lock = new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The ledger {_path} cannot be made there: {exception.Message} Give another Storage:Path.", exception);
        }
        catch (IOException exception)
        {
            throw new LedgerInUseException($"The ledger {_path} is in use by another process. Stop it, or give this one another Storage:Path.", exception);
        }
    }

    /// <summary>
    /// For a process that only reads, beside the one that writes. Its connections are read-only: one that is closed last would checkpoint otherwise. Where nobody
    /// writes, there is no log, and the file is read as one that does not change: SQLite would leave files behind that may be another user's than the gateway's.
    /// </summary>
    public static SqliteDialect ToRead(string path)
    {
        path = Path.GetFullPath(path);
        return new SqliteDialect(path, HasLog(path)
            ? new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly }
            : new SqliteConnectionStringBuilder { DataSource = new Uri(path).AbsoluteUri + "?immutable=1", Mode = SqliteOpenMode.ReadOnly });
    }

    /// <summary>Whether somebody began to write a file that was read as one that does not change: then nothing that was read counts.</summary>
    public bool WasDisturbed => _place.DataSource != _path && HasLog(_path);

    private static bool HasLog(string path) => File.Exists(path + "-wal");

    public override string Name => "sqlite";

    public override bool SingleProcess => true;

    public override string Describe() => $"SQLite {_path}";

    public override string Translate(string sql) => !sql.Contains('{', StringComparison.Ordinal) ? sql : sql
        .Replace("{t}", "TEXT", StringComparison.Ordinal)
        .Replace("{b}", "BLOB", StringComparison.Ordinal)
        .Replace("{w}", "WITHOUT ROWID", StringComparison.Ordinal)
        .Replace("{seq}", "INTEGER PRIMARY KEY AUTOINCREMENT", StringComparison.Ordinal)
        // One writer needs no locks, and its join keeps the order of the walk without sorting.
        .Replace("{skip_locked}", "", StringComparison.Ordinal)
        .Replace("{newest_first}", "", StringComparison.Ordinal);

    public override LedgerSession OpenSession() => new SqliteSession(OpenWriter(), this);

    public override DbConnection OpenWriter() =>
        // A large writer cache costs a third of the throughput; readers are where one pays.
        Open("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;");

    public override ValueTask<DbConnection> OpenReaderAsync() => new(Open("PRAGMA query_only=1; PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;"));

    public override string LockMigrations => "SELECT 1";

    // A read here never waits for another machine.
    public override int MaxReaders => int.MaxValue;

    public override bool IsUnavailable(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Busy or Locked or ReadOnly or IoError or Full or CantOpen };

    public override bool IsFatal(Exception exception) => exception is SqliteException { SqliteExtendedErrorCode: FailedSync or FailedFolderSync };

    public override bool IsUniqueViolation(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: UniqueIndex or PrimaryKey };

    public override void Dispose() => _lock?.Dispose();

    private SqliteConnection Open(string pragmas)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(_place.ToString()) { Pooling = false, DefaultTimeout = 5 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
        return connection;
    }
}

/// <summary>Another process holds the file.</summary>
internal sealed class LedgerInUseException(string message, Exception inner) : SettingsException(message, inner);
