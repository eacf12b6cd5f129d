using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>Those who wait for events: of one run, or of all. Waking those of one run costs the others nothing.</summary>
internal sealed class EventWaiters(TimeProvider time)
{
    /// <summary>How many are let go at once: the next come when what those wrote is on its way, so that not everybody holds a buffer of the server.</summary>
    private const int Slice = 128;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Group _all = new();
    private readonly Dictionary<RunId, Group> _ofRun = [];
    private int _count;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many of them for all runs.</summary>
    public int OfAll => _all.Count;

    /// <param name="waiter">It is added, unless it was woken before.</param>
    /// <param name="deadline">When its wait ends by itself.</param>
    /// <param name="first">Whether nobody waited before.</param>
    public bool TryJoin(EventWaiter waiter, long deadline, out bool first)
    {
        lock (_lock)
        {
            first = _count == 0;
            if (waiter.Early) return waiter.Early = false;
            waiter.Deadline = deadline;
            var group = _all;
            if (waiter.Run is { } id && !_ofRun.TryGetValue(id, out group)) _ofRun[id] = group = new Group();
            group!.Add(waiter);
            _count++;
            return true;
        }
    }

    /// <summary>Takes it out.</summary>
    /// <returns>Whether it waited.</returns>
    public bool TryLeave(EventWaiter waiter, bool early)
    {
        lock (_lock)
        {
            if (waiter.In is not null)
            {
                Remove(waiter);
                return true;
            }

            waiter.Early |= early;
            return false;
        }
    }

    /// <summary>Ends the waits for all runs and for these.</summary>
    public Task WakeAsync(IEnumerable<RunId> runs)
    {
        var woken = new List<EventWaiter>(OfAll);
        lock (_lock)
        {
            RemoveAll(_all, woken);
            if (_ofRun.Count > 0)
                foreach (var id in runs)
                    if (_ofRun.TryGetValue(id, out var group)) RemoveAll(group, woken);
        }

        return LetGoAsync(woken);
    }

    /// <summary>Ends every wait.</summary>
    public Task WakeAllAsync() => WakeAsync(long.MaxValue);

    /// <summary>Ends every wait whose time was up by then.</summary>
    public Task WakeAsync(long deadline)
    {
        var woken = new List<EventWaiter>();
        lock (_lock)
        {
            foreach (var group in _ofRun.Values.Append(_all))
                for (var waiter = group.First; waiter is not null; waiter = waiter.Behind)
                    if (waiter.Deadline <= deadline) woken.Add(waiter);
            woken.ForEach(Remove);
        }

        return LetGoAsync(woken);
    }

    private async Task LetGoAsync(List<EventWaiter> woken)
    {
        for (var i = 0; i < woken.Count; i++)
        {
            if (i > 0 && i % Slice == 0) await Task.Delay(Pace, time);
            ThreadPool.UnsafeQueueUserWorkItem(woken[i], preferLocal: false);
        }
    }

    private void RemoveAll(Group group, List<EventWaiter> removed)
    {
        while (group.First is { } waiter)
        {
            removed.Add(waiter);
            Remove(waiter);
        }
    }

    private void Remove(EventWaiter waiter)
    {
        _count--;
        var group = waiter.In!;
        group.Remove(waiter);
        if (group.Count == 0 && waiter.Run is { } id) _ofRun.Remove(id);
    }

    /// <summary>A list whose members are its links: to join and to leave costs nothing.</summary>
    internal sealed class Group
    {
        public EventWaiter? First { get; private set; }

        public int Count { get; private set; }

        public void Add(EventWaiter waiter)
        {
            (waiter.In, waiter.Before, waiter.Behind) = (this, null, First);
            if (First is not null) First.Before = waiter;
            First = waiter;
            Count++;
        }

        public void Remove(EventWaiter waiter)
        {
            if (waiter.Before is null) First = waiter.Behind;
            else waiter.Before.Behind = waiter.Behind;
            if (waiter.Behind is not null) waiter.Behind.Before = waiter.Before;
            (waiter.In, waiter.Before, waiter.Behind) = (null, null, null);
            Count--;
        }
    }
}
