using System.Data.Common;

namespace WorkflowGateway.Ledger;

/// <summary>
/// The one writer of a replica. It commits whatever waits in groups, so that many changes share one sync, and the order of commits is the
/// order of events. Nobody learns of a change before it is durable.
/// </summary>
internal sealed partial class LedgerWriter : IDisposable
{
    private const int GroupSize = 128;

    private readonly WriteQueue _queue = new();
    private readonly DbConnection _connection;
    private readonly PreparedStatements _statements;
    private readonly Dialect _dialect;
    private readonly ILogger<LedgerWriter> _log;
    private readonly Thread _thread;

    public LedgerWriter(Dialect dialect, TimeProvider time, ILogger<LedgerWriter> log)
    {
        _dialect = dialect;
        _log = log;
        _connection = dialect.OpenWriter();
        Migrations.Apply(_connection, dialect, time);
        _statements = new PreparedStatements(_connection, dialect);
        // Its own thread: it spends its life waiting for the disk.
        _thread = new Thread(Run) { IsBackground = true, Name = "ledger" };
        _thread.Start();
    }

    /// <summary>Raised on the writer's thread with the runs of each group, after its commit. Must be quick and must not throw.</summary>
    public event Action<IReadOnlyList<Runs.RunRow>>? Committed;

    /// <summary>Raised likewise for every run that a group was about, before <see cref="Committed"/>; also when nobody can say whether it was committed.</summary>
    public event Action<Runs.RunId>? Touched;

    /// <exception cref="StorageUnavailableException">The store could not do it now; nothing happened.</exception>
    public Task<WriteResult> WriteAsync(LedgerChange change) => Enqueue(new ChangeItem(change)).Task;

    /// <summary>Runs statements that answer with rows, inside the next group.</summary>
    public Task<T> QueryAsync<T>(Statement statement, Func<DbDataReader, T> read) => Enqueue(new QueryItem<T>(statement, read)).Task;

    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _statements.Dispose();
        _connection.Dispose();
    }

    private T Enqueue<T>(T item) where T : WriteItem
    {
        if (!_queue.TryAdd(item)) item.Fail(new StorageUnavailableException(new ObjectDisposedException(nameof(LedgerWriter))));
        return item;
    }

    private void Run()
    {
        var group = new List<WriteItem>(GroupSize);
        while (_queue.TryTake(group, GroupSize))
        {
            // Stable, so that one caller's own changes stay in order.
            if (group.Count > 1) group = [.. group.OrderBy(item => item.Order, ByteOrder.Instance)];
            Write(group);
            group.Clear();
        }
    }

    private void Write(List<WriteItem> group)
    {
        if (TryCommit(group, out var begun) is not { } failure) return;
        foreach (var item in group)
        {
            // Where the store does not even begin, asking again for each would only keep everybody waiting.
            var own = group.Count == 1 || (!begun && _dialect.IsUnavailable(failure)) ? failure : TryCommit([item], out _);
            if (own is not null) Answer(item, own);
        }
    }

    /// <summary>Commits the group and tells whoever waits; or undoes it and gives what was in the way. The thread outlives every failure.</summary>
    private Exception? TryCommit(List<WriteItem> group, out bool begun)
    {
        begun = false;
        try
        {
            _statements.Execute(new Statement("BEGIN IMMEDIATE"));
            begun = true;
            var counts = new CountDeltas();
            foreach (var item in group) item.Guard(_statements);
            foreach (var item in group) item.Follow(_statements, counts);
            foreach (var statement in counts.Statements()) _statements.Execute(statement);
            _statements.Execute(new Statement("COMMIT"));
        }
        catch (Exception exception)
        {
            if (begun) RollBack();
            Touch(group);
            return exception;
        }

        Touch(group);
        Tell(group);
        foreach (var item in group) item.Complete();
        return null;
    }

    private void Touch(List<WriteItem> group)
    {
        if (Touched is not { } touched) return;
        foreach (var item in group)
            if (item.Order is { Length: > 0 } id) touched(Runs.RunId.FromBytes(id));
    }

    private void Tell(List<WriteItem> group)
    {
        try
        {
            Committed?.Invoke([.. group.Where(item => item.Applied is not null).Select(item => item.Applied!)]);
        }
        catch (Exception exception)
        {
            // It is durable all the same.
            LogDeaf(_log, exception);
        }
    }

    private void Answer(WriteItem item, Exception exception)
    {
        if (exception is PartialGuardException) item.Refuse(WriteResult.Refused);
        else if (_dialect.IsUniqueViolation(exception)) item.Refuse(WriteResult.Conflict);
        else
        {
            LogFailed(_log, exception);
            item.Fail(_dialect.IsUnavailable(exception) ? new StorageUnavailableException(exception) : exception);
        }
    }

    private void RollBack()
    {
        try
        {
            _statements.Execute(new Statement("ROLLBACK"));
        }
        catch (DbException)
        {
            // The store rolled back on its own (disk full, I/O error): there is nothing left to undo.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A change could not be written to the ledger")]
    private static partial void LogFailed(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Somebody who watches the ledger failed")]
    private static partial void LogDeaf(ILogger log, Exception exception);

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
