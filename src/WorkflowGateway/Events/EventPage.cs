using System.Collections;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Events;

/// <summary>Events in the order of the log.</summary>
/// <param name="events">Oldest first.</param>
/// <param name="next">Where to go on: up to here nothing else concerns whoever asked. Never behind what was asked for.</param>
/// <param name="watermark">Where it is beyond what was asked for, events up to it may be missing, because their runs were purged.</param>
internal sealed class EventPage(IReadOnlyList<LoggedEvent> events, long next, long watermark) : IReadOnlyList<LoggedEvent>
{
    public static EventPage Of(EventRows rows) => new([.. rows.Rows.Select(row => new LoggedEvent(row))], rows.Next, rows.Watermark);

    public long Next => next;

    public long Watermark => watermark;

    public int Count => events.Count;

    /// <summary>About how much memory it takes.</summary>
    public long Size => events.Sum(one => (long)one.Size);

    public LoggedEvent this[int index] => events[index];

    public IEnumerator<LoggedEvent> GetEnumerator() => events.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
