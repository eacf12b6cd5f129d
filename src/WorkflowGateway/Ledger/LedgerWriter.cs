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
    private readonly Dialect _dialect;
    private readonly ILogger<LedgerWriter> _log;
    private readonly Thread _thread;
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GroupCommit _commit;
    private readonly TimeProvider _time;
    private readonly Telemetry.LedgerMetrics? _metrics;

    // So that an outage is a line in the log and not a line a change.
    private bool _away;

    public LedgerWriter(Dialect dialect, TimeProvider time, ILogger<LedgerWriter> log, Telemetry.LedgerMetrics? metrics = null)
    {
        (_time, _metrics) = (time, metrics);
        _dialect = dialect;
        _log = log;
        using (var connection = dialect.OpenWriter()) Migrations.Apply(connection, dialect, time);
        _commit = new GroupCommit(dialect);
        // Its own thread: it spends its life waiting for the disk.
        _thread = new Thread(Run) { IsBackground = true, Name = "ledger" };
        _thread.Start();
    }

    /// <summary>Raised on the writer's thread with the runs of each group, after its commit. Must be quick and must not throw.</summary>
    public event Action<IReadOnlyList<Runs.RunRow>>? Committed;

    /// <summary>Raised likewise for every run that a group was about, before <see cref="Committed"/>; also when nobody can say whether it was committed.</summary>
    public event Action<Runs.RunId>? Touched;

    /// <summary>How many changes wait.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Ends with what happened when the store may have lost what it was given. Nothing is written any more then: the process must end and read it anew.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <exception cref="StorageUnavailableException">The store could not do it now; nothing happened.</exception>
    public Task<WriteResult> WriteAsync(LedgerChange change) => Enqueue(new ChangeItem(change)).Task;

    /// <summary>Runs a statement that answers with rows, inside the next group.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="read">Reads what it answers.</param>
    /// <param name="touches">The id of the run that readers see otherwise afterwards, empty for none; null where they never do.</param>
    public Task<T> QueryAsync<T>(Statement statement, Func<DbDataReader, T> read, Func<T, byte[]>? touches = null) => Enqueue(new QueryItem<T>(statement, read, touches)).Task;

    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _commit.Dispose();
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
        var failure = TryCommit(group, out var fate);
        // A connection that was cut while nobody used it says nothing of the store as it is now.
        if (fate == Fate.Lost) failure = TryCommit(group, out fate);
        if (failure is null) return;
        var alone = group.Count > 1 && fate == Fate.Undone;
        foreach (var item in group)
        {
            // One bad change must not fail the others. But where the store is away, asking again for each would only keep everybody waiting.
            if (alone && fate != Fate.NotBegun && !_failed.Task.IsCompleted) failure = TryCommit([item], out fate);
            if (failure is not null) Answer(item, failure);
        }
    }

    /// <summary>Commits the group and tells whoever waits; or gives what was in the way.</summary>
    private Exception? TryCommit(List<WriteItem> group, out Fate fate)
    {
        var began = _time.GetTimestamp();
        var failure = _commit.Try(group, out fate);
        _metrics?.Committed(group.Count, _time.GetElapsedTime(began), failure is null);
        Touch(group);
        if (failure is not null)
        {
            if (_dialect.IsFatal(failure)) Close(failure);
            return failure;
        }

        if (_away) LogBack(_log);
        _away = false;
        Tell(group);
        foreach (var item in group) item.Complete();
        return null;
    }

    private void Close(Exception failure)
    {
        _queue.Close();
        _failed.TrySetResult(failure);
    }

    private void Touch(List<WriteItem> group)
    {
        if (Touched is not { } touched) return;
        foreach (var item in group)
            if (item.Touched is { Length: > 0 } id) touched(Runs.RunId.FromBytes(id));
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
        if (exception is not PartialGuardException && !_dialect.IsUniqueViolation(exception)) _metrics?.Failed("write");
        if (exception is PartialGuardException) item.Refuse(WriteResult.Refused);
        else if (_dialect.IsUniqueViolation(exception)) item.Refuse(WriteResult.Conflict);
        else if (_dialect.IsUnavailable(exception))
        {
            if (!_away) LogAway(_log, exception.Message);
            _away = true;
            item.Fail(new StorageUnavailableException(exception));
        }
        else
        {
            LogFailed(_log, exception);
            item.Fail(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger cannot be written now: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger can be written again")]
    private static partial void LogBack(ILogger log);

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
