using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>Events that are not in the log any more, or that this log never had.</summary>
/// <param name="After">The cursor that was given or reached.</param>
/// <param name="Until">Up to here events may be missing; where it is less, the log ends there, and that is where it goes on.</param>
internal sealed record EventGap(long After, long Until);

/// <summary>Whose events, and which of them.</summary>
/// <param name="Tenant">Null for all.</param>
/// <param name="Run">Null for all.</param>
internal sealed record EventScope(string? Tenant, RunId? Run, EventFilter Filter);

/// <summary>One reader's way through the log. All it keeps is where the reader is: who is slow falls behind and costs nobody anything.</summary>
/// <param name="cursor">Where it begins.</param>
/// <param name="given">Whether the reader knows everything up to there; otherwise he takes what there is.</param>
internal sealed class EventFeed(EventTail tail, LedgerReader reader, EventScope scope, long cursor, bool given)
{
    // Up to here the reader knows that events may be missing; null until the first look of one that takes what there is.
    private long? _known = given ? 0 : null;

    public long Cursor { get; private set; } = cursor;

    /// <summary>Whether the feed can go on; false once its run is gone.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>The gap that is there before anything is read: a cursor that this log has not come to yet, since the store was put back to an earlier state.</summary>
    /// <param name="fresh">Whether the ledger is asked in any case: while nobody waited, the tail may not have heard of that.</param>
    public async ValueTask<EventGap?> FindGapAheadAsync(bool fresh)
    {
        if ((!fresh && Cursor <= tail.Newest) || await reader.FindLastEventAsync() is var last && Cursor <= last) return null;
        var gap = new EventGap(Cursor, last);
        Cursor = last;
        return gap;
    }

    /// <summary>What is next, matching or not: <see cref="Take"/> each, then <see cref="TakeAll"/> the page.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="fresh">Whether everything that is committed now must be there: what is in memory may be a moment older.</param>
    /// <param name="cancellationToken">Ends the wait for a turn at the ledger.</param>
    public async ValueTask<(EventPage Page, EventGap? Gap)> ReadAsync(int limit, bool fresh, CancellationToken cancellationToken)
    {
        var page = fresh
            ? EventPage.Of(await reader.ReadEventsAsync(scope.Tenant, scope.Run, Cursor, limit))
            : await tail.ReadAsync(scope.Tenant, scope.Run, Cursor, limit, cancellationToken);
        _known ??= page.Watermark;
        if (page.Watermark <= Math.Max(Cursor, _known.Value)) return (page, null);
        if (scope.Run is { } run)
        {
            // Its events go with it and not before: while it is there, none is missing.
            if (page.Count > 0 || await reader.FindRunAsync(scope.Tenant, run) is not null) return (page, null);
            IsAlive = false;
        }

        _known = page.Watermark;
        return (page, new EventGap(Cursor, page.Watermark));
    }

    /// <summary>Goes past an event.</summary>
    /// <returns>Whether the reader wants it.</returns>
    public bool Take(LoggedEvent one)
    {
        Cursor = one.Row.Seq;
        return scope.Filter.Matches(one);
    }

    /// <summary>Goes past a page whose events were all taken.</summary>
    public void TakeAll(EventPage page) => Cursor = page.Next;

    /// <summary>Whether there is anything from here on that the reader wants. Stays where it is.</summary>
    public async ValueTask<bool> HasMoreAsync(int limit)
    {
        for (var after = Cursor; ;)
        {
            var page = await reader.ReadEventsAsync(scope.Tenant, scope.Run, after, limit);
            if (EventPage.Of(page).Any(scope.Filter.Matches)) return true;
            if (page.Rows.Count < limit) return false;
            after = page.Next;
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => tail.WaitAsync(scope.Run, Cursor, atMost, cancellationToken);

    /// <summary>For a reader who waits again and again.</summary>
    public EventWaiter Waiter() => new(tail, scope.Run);
}
