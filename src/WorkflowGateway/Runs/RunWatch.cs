using WorkflowGateway.Edge;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>Wakes whoever waits for a run, as soon as its next version is durable.</summary>
internal sealed class RunWatch
{
    private readonly Dictionary<RunId, Waiters> _waiting = [];
    private readonly LedgerReader _reader;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;

    public RunWatch(LedgerWriter writer, LedgerReader reader, TimeProvider time, StopDelay stop)
    {
        _reader = reader;
        _time = time;
        _stopping = stop.Over;
        writer.Committed += Wake;
    }

    /// <summary>The run as soon as the condition holds, or as it is when the time is up or the gateway stops.</summary>
    public async Task<RunRow> WaitAsync(RunRow run, Func<RunRow, bool> until, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (until(run) || atMost <= TimeSpan.Zero) return run;
        var began = _time.GetTimestamp();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        var mine = Join(run.Id);
        try
        {
            // Read after joining: what was committed before would wake nobody.
            run = await ReadAsync(run);
            while (!until(run))
            {
                var left = atMost - _time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero) return run;
                var next = mine.Next;
                var newest = mine.Newest;
                if (newest is not null && newest.Version > run.Version) run = newest;
                else run = await next.Task.WaitAsync(left, _time, ends.Token);
            }

            return run;
        }
        catch (TimeoutException)
        {
            return run;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return run;
        }
        finally
        {
            Leave(run.Id, mine);
        }
    }

    /// <summary>Whether anybody waits.</summary>
    public bool IsUsed
    {
        get
        {
            lock (_waiting) return _waiting.Count > 0;
        }
    }

    /// <summary>For runs that another replica changed: those that somebody waits for here, and that he does not know at that version, are read.</summary>
    public async Task WakeAsync(IEnumerable<(RunId Id, long Version)> changed)
    {
        HashSet<RunId> waited;
        lock (_waiting) waited = _waiting.Count == 0 ? [] : [.. changed.Where(run => _waiting.TryGetValue(run.Id, out var waiters) && !waiters.Knows(run.Version)).Select(run => run.Id)];
        await ReadAsync(waited);
    }

    /// <summary>For when nobody can say which runs were changed.</summary>
    public async Task WakeAllAsync()
    {
        List<RunId> waited;
        lock (_waiting) waited = [.. _waiting.Keys];
        await ReadAsync(waited);
    }

    /// <summary>Until disposed, somebody watches the run, who learns of its changes elsewhere.</summary>
    public IDisposable Attend(RunId id) => new Attendance(this, id, Join(id));

    /// <summary>Whether a caller of this process waits for a change of the run.</summary>
    public bool IsWatched(RunId id)
    {
        lock (_waiting) return _waiting.ContainsKey(id);
    }

    private async Task ReadAsync(IReadOnlyCollection<RunId> waited)
    {
        foreach (var id in waited)
            if (await _reader.FindRunAsync(null, id) is { } run) Wake([run]);
    }

    // Who waits for a start has begun one: a store that is away now must not tell him that nothing was begun.
    private async Task<RunRow> ReadAsync(RunRow run)
    {
        try
        {
            return await _reader.FindRunAsync(run.Tenant, run.Id) ?? run;
        }
        catch (StorageUnavailableException)
        {
            return run;
        }
    }

    private Waiters Join(RunId id)
    {
        lock (_waiting)
        {
            if (!_waiting.TryGetValue(id, out var waiters)) _waiting[id] = waiters = new Waiters();
            waiters.Count++;
            return waiters;
        }
    }

    private void Leave(RunId id, Waiters waiters)
    {
        lock (_waiting)
        {
            if (--waiters.Count == 0) _waiting.Remove(id);
        }
    }

    private void Wake(IReadOnlyList<RunRow> changed)
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0) return;
            foreach (var run in changed)
                if (_waiting.TryGetValue(run.Id, out var waiters)) waiters.Set(run);
        }
    }

    private sealed class Waiters
    {
        public int Count { get; set; }
        public volatile RunRow? Newest;
        public volatile TaskCompletionSource<RunRow> Next = New();

        public bool Knows(long version) => Newest is { } newest && newest.Version >= version;

        public void Set(RunRow run)
        {
            // It may have been heard of twice, and the older news last.
            if (Knows(run.Version)) return;
            var woken = Next;
            Newest = run;
            Next = New();
            woken.TrySetResult(run);
        }

        private static TaskCompletionSource<RunRow> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Attendance(RunWatch watch, RunId id, Waiters waiters) : IDisposable
    {
        private Waiters? _waiters = waiters;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _waiters, null) is { } mine) watch.Leave(id, mine);
        }
    }
}
