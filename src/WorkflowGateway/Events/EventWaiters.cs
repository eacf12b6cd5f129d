using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>Those who wait for events: of one run, or of all. A wake-up ends everybody's wait at once, and costs those of other runs nothing.</summary>
internal sealed class EventWaiters
{
    private readonly Lock _lock = new();
    private readonly Group _all = new();
    private readonly Dictionary<RunId, Group> _ofRun = [];
    private int _count, _ofAll;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many of them for all runs.</summary>
    public int OfAll => Volatile.Read(ref _ofAll);

    /// <param name="run">Null for all.</param>
    /// <param name="first">Whether nobody waited before.</param>
    public Group Join(RunId? run, out bool first)
    {
        lock (_lock)
        {
            first = _count++ == 0;
            if (run is not { } id)
            {
                _ofAll++;
                return _all;
            }

            if (!_ofRun.TryGetValue(id, out var group)) _ofRun[id] = group = new Group();
            group.Members++;
            return group;
        }
    }

    public void Leave(RunId? run, Group group)
    {
        lock (_lock)
        {
            _count--;
            if (run is not { } id) _ofAll--;
            else if (--group.Members == 0) _ofRun.Remove(id);
        }
    }

    /// <summary>Ends the waits for all runs and for these.</summary>
    public void Wake(IEnumerable<RunId> runs)
    {
        List<TaskCompletionSource> woken = [];
        lock (_lock)
        {
            if (_ofAll > 0) woken.Add(_all.Turn());
            if (_ofRun.Count > 0)
                foreach (var id in runs.Distinct())
                    if (_ofRun.TryGetValue(id, out var group)) woken.Add(group.Turn());
        }

        foreach (var one in woken) one.TrySetResult();
    }

    /// <summary>Ends every wait.</summary>
    public void WakeAll()
    {
        List<RunId> runs;
        lock (_lock) runs = [.. _ofRun.Keys];
        Wake(runs);
    }

    internal sealed class Group
    {
        private volatile TaskCompletionSource _next = New();

        public int Members { get; set; }

        /// <summary>Ends with the next wake-up from now.</summary>
        public Task Next => _next.Task;

        public TaskCompletionSource Turn() => Interlocked.Exchange(ref _next, New());

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
