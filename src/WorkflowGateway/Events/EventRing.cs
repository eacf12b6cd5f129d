using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>The newest events, all of them from one place in the log to another. Immutable: readers need no lock, and an append is a new one.</summary>
internal sealed class EventRing
{
    private const int Capacity = 1024;
    private const long MaxBytes = 8 << 20;
    private readonly LoggedEvent[] _events;

    private EventRing(long from, long to, LoggedEvent[] events) => (From, To, _events) = (from, to, events);

    /// <summary>Every event after it is here.</summary>
    public long From { get; }

    /// <summary>Up to this one.</summary>
    public long To { get; }

    public static int Most => Capacity;

    public static EventRing EmptyAt(long seq) => new(seq, seq, []);

    /// <param name="events">What the log has next.</param>
    public EventRing With(IReadOnlyList<LoggedEvent> events)
    {
        LoggedEvent[] all = [.. _events, .. events];
        var (keep, bytes) = (0, 0L);
        while (keep < all.Length && keep < Capacity && (keep == 0 || bytes + all[^(keep + 1)].Size <= MaxBytes)) bytes += all[^++keep].Size;
        var from = keep == all.Length ? From : all[^(keep + 1)].Row.Seq;
        return new EventRing(from, events[^1].Row.Seq, all[^keep..]);
    }

    /// <summary>What it has of that after a cursor; null where that begins before it.</summary>
    public EventPage? Read(string? tenant, RunId? run, long after, int limit)
    {
        if (after < From) return null;
        List<LoggedEvent>? found = null;
        for (var i = FirstAfter(after); i < _events.Length; i++)
        {
            var one = _events[i];
            if ((tenant is not null && one.Row.Tenant != tenant) || (run is { } id && one.Row.RunId != id)) continue;
            if (found?.Count == limit) return new EventPage(found, found[^1].Row.Seq, 0);
            (found ??= []).Add(one);
        }

        return new EventPage(found ?? [], Math.Max(after, To), 0);
    }

    /// <summary>Whether the log may have an event after the cursor, as far as this tells.</summary>
    public bool MayHave(RunId? run, long after)
    {
        if (after >= To) return false;
        if (after < From || run is not { } id) return true;
        for (var i = FirstAfter(after); i < _events.Length; i++)
            if (_events[i].Row.RunId == id) return true;
        return false;
    }

    private int FirstAfter(long seq)
    {
        var (low, high) = (0, _events.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_events[middle].Row.Seq <= seq) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
