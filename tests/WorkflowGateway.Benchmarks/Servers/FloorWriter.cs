using Microsoft.Data.Sqlite;

namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>Groups writes into synced commits as the ledger's writer does, one statement a write.</summary>
internal sealed class FloorWriter : IDisposable
{
    private const int GroupSize = 128;

    private readonly Queue<Item> _queue = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _update;
    private long _commits;

    public FloorWriter(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; CREATE TABLE starts(id INTEGER PRIMARY KEY, body BLOB NOT NULL, answer BLOB);");
        _insert = Command("INSERT INTO starts(id, body) VALUES(@id, @bytes)");
        _update = Command("UPDATE starts SET answer=@bytes WHERE id=@id");
        new Thread(Loop) { IsBackground = true, Name = "floor" }.Start();
    }

    public long Commits => Interlocked.Read(ref _commits);

    public Task InsertAsync(long id, byte[] body) => Enqueue(new Item(_insert, id, body));

    public Task UpdateAsync(long id, byte[] answer) => Enqueue(new Item(_update, id, answer));

    // The process ends with it: its thread and its connection go together.
    public void Dispose()
    {
        _insert.Dispose();
        _update.Dispose();
        _connection.Dispose();
    }

    private Task Enqueue(Item item)
    {
        lock (_queue)
        {
            _queue.Enqueue(item);
            Monitor.Pulse(_queue);
        }

        return item.Done.Task;
    }

    private void Loop()
    {
        using var begin = Command("BEGIN IMMEDIATE");
        using var commit = Command("COMMIT");
        var group = new List<Item>(GroupSize);
        while (true)
        {
            lock (_queue)
            {
                while (_queue.Count == 0) Monitor.Wait(_queue);
                while (group.Count < GroupSize && _queue.TryDequeue(out var item)) group.Add(item);
            }

            begin.ExecuteNonQuery();
            foreach (var item in group)
            {
                item.Command.Parameters[0].Value = item.Id;
                item.Command.Parameters[1].Value = item.Bytes;
                item.Command.ExecuteNonQuery();
            }

            commit.ExecuteNonQuery();
            Interlocked.Increment(ref _commits);
            foreach (var item in group) item.Done.SetResult();
            group.Clear();
        }
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        if (sql.Contains('@', StringComparison.Ordinal))
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = "@id" });
            command.Parameters.Add(new SqliteParameter { ParameterName = "@bytes" });
        }

        return command;
    }

    private void Run(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private sealed record Item(SqliteCommand Command, long Id, byte[] Bytes)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
