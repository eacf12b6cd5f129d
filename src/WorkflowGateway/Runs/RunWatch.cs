using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>Wakes whoever waits for a run, as soon as its next version is durable.</summary>
internal sealed class RunWatch
{
    private readonly Dictionary<RunId, Waiters> _waiting = [];
    private readonly LedgerReader _reader;
    private readonly TimeProvider _time;

    public RunWatch(LedgerWriter writer, LedgerReader reader, TimeProvider time)
    {
        _reader = reader;
        _time = time;
        writer.Committed += Wake;
    }

    /// <summary>The run as soon as the condition holds, or as it is when the time is up.</summary>
    public async Task<RunRow> WaitAsync(RunRow run, Func<RunRow, bool> until, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (until(run) || atMost <= TimeSpan.Zero) return run;
        var began = _time.GetTimestamp();
        var mine = Join(run.Id);
        try
        {
            // Read after joining: what was committed before would wake nobody.
            run = await _reader.FindRunAsync(run.Tenant, run.Id) ?? run;
            while (!until(run))
            {
                var left = atMost - _time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero) return run;
                var next = mine.Next;
                var newest = mine.Newest;
                if (newest is not null && newest.Version > run.Version) run = newest;
                else run = await next.Task.WaitAsync(left, _time, cancellationToken);
            }

            return run;
        }
        catch (TimeoutException)
        {
            return run;
        }
        finally
        {
            Leave(run.Id, mine);
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

        public void Set(RunRow run)
        {
            var woken = Next;
            Newest = run;
            Next = New();
            woken.TrySetResult(run);
        }

        private static TaskCompletionSource<RunRow> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
