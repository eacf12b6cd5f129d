using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>
/// Follows the log, once for all who watch it: reads what is new, keeps the newest in memory and wakes whoever waits. Woken by this process's commits, on
/// PostgreSQL by every replica's, and each second: a wake-up that got lost costs a second, never an event. While nobody waits it reads nothing.
/// </summary>
internal sealed partial class EventTail : BackgroundService
{
    private const int Page = 512;

    /// <summary>How many may read from the ledger at once because they are behind: they must not keep all others from it.</summary>
    private const int MaxBehind = 4;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(4);

    /// <summary>What waking one more may add to the debounce: who is woken has something to write.</summary>
    private static readonly TimeSpan DebounceOfOne = TimeSpan.FromMicroseconds(10);

    private readonly EventWaiters _waiters;
    private readonly SemaphoreSlim _behind = new(MaxBehind);
    private readonly EventPageCache _pages;
    private readonly LedgerReader _reader;
    private readonly RunWatch _watch;
    private readonly TimeProvider _time;
    private readonly ILogger<EventTail> _log;
    private readonly bool _alone;
    private volatile TaskCompletionSource _wake = NewWake();
    private volatile EventRing? _ring;
    private int _unread;
    private bool _away;

    public EventTail(LedgerWriter writer, LedgerReader reader, RunWatch watch, Dialect dialect, TimeProvider time, ILogger<EventTail> log)
    {
        (_reader, _watch, _time, _log, _alone) = (reader, watch, time, log, dialect.SingleProcess);
        _pages = new EventPageCache(time);
        _waiters = new EventWaiters(time);
        // A group of polls alone changes nothing that anybody sees.
        writer.Committed += runs =>
        {
            if (runs.Count > 0) Wake();
        };
    }

    // Of this process's own changes the watch of runs hears at their commit.
    private bool IsUsed => _waiters.Count > 0 || (!_alone && _watch.IsUsed);

    /// <summary>The last event that was read; 0 before.</summary>
    public long Newest => _ring?.To ?? 0;

    /// <summary>How many wait for events now.</summary>
    public int Waiting => _waiters.Count;

    /// <summary>Some replica has committed, or may have.</summary>
    public void Wake()
    {
        // First the mark, then the look: who joins at the same time does it the other way round, and one of the two sees the other.
        Interlocked.Exchange(ref _unread, 1);
        if (IsUsed) _wake.TrySetResult();
    }

    /// <summary>
    /// Events after a cursor, oldest first: from memory where that covers it, otherwise from the ledger. What was committed a moment ago may not be among them
    /// yet: <see cref="WaitAsync"/> ends when it is; who concludes something from an event that is not there asks the ledger. Go on from <see cref="EventPage.Next"/>, also when there are none.
    /// </summary>
    /// <param name="tenant">Null for all.</param>
    /// <param name="run">Null for all.</param>
    /// <param name="after">The cursor.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait for a turn at the ledger.</param>
    /// <exception cref="StorageUnavailableException">The store cannot be read now.</exception>
    public ValueTask<EventPage> ReadAsync(string? tenant, RunId? run, long after, int limit, CancellationToken cancellationToken = default) =>
        _ring?.Read(tenant, run, after, limit) is { } page ? new ValueTask<EventPage>(page) : ReadBehindAsync(tenant, run, after, limit, cancellationToken);

    /// <summary>Ends as soon as there may be an event after the cursor (of the run, where one is given), when the time is up, or when it is cancelled.</summary>
    public async Task WaitAsync(RunId? run, long after, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var waiter = new EventWaiter(this, run);
        await using var cancelled = cancellationToken.UnsafeRegister(static waiter => ((EventWaiter)waiter!).Wake(), waiter);
        await using var timer = _time.CreateTimer(static waiter => ((EventWaiter)waiter!).Wake(), waiter, atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await waiter.WaitAsync(after, TimeSpan.FromDays(1));
    }

    /// <summary>For a reader's next wait.</summary>
    /// <returns>Whether there is something to wait for.</returns>
    public bool Join(EventWaiter waiter, long after, TimeSpan atMost)
    {
        if (!_waiters.TryJoin(waiter, _time.GetTimestamp() + (long)(atMost.TotalSeconds * _time.TimestampFrequency), out var first)) return false;
        if (first && (_ring is null || Volatile.Read(ref _unread) == 1)) _wake.TrySetResult();
        // Looked at after joining: what comes later wakes it.
        return _ring?.MayHave(waiter.Run, after) != true || !_waiters.TryLeave(waiter, early: false);
    }

    /// <summary>Ends a reader's wait, or his next one.</summary>
    public void Wake(EventWaiter waiter)
    {
        if (_waiters.TryLeave(waiter, early: true)) ThreadPool.UnsafeQueueUserWorkItem(waiter, preferLocal: false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Apart from the reading: a store that hangs must not keep those who wait from hearing that they are not forgotten.
        await using var clock = _time.CreateTimer(_ => _ = _waiters.WakeAsync(_time.GetTimestamp()), null, Tick, Tick);
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken before reading: a commit in the meantime is read next.
            var wake = _wake = NewWake();
            await TryFollowAsync();
            var debounce = Debounce + (DebounceOfOne * _waiters.OfAll);
            await Task.Delay(debounce, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await wake.Task.WaitAsync(Tick, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryFollowAsync()
    {
        try
        {
            if (!IsUsed) return;
            Interlocked.Exchange(ref _unread, 0);
            while (await FollowAsync())
            {
                // A full page: there is more.
            }

            if (_away) LogBack(_log);
            _away = false;
        }
        catch (Exception exception)
        {
            if (!_away) LogAway(_log, exception.Message);
            _away = true;
        }
    }

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> FollowAsync()
    {
        if (_ring is not { } ring || _away) return await CatchUpAsync(_ring);
        var rows = await _reader.ReadEventsAsync(null, null, ring.To, Page);
        // Far behind, or what is missing may have been purged: then what is in memory has a hole. Or the store was put back to an earlier state.
        if (rows.Last < ring.To || rows.Watermark > ring.To || (rows.Rows.Count == Page && await _reader.FindNewestEventsAsync(EventRing.Most) > ring.To)) return await CatchUpAsync(ring);
        if (rows.Rows.Count == 0) return false;
        var events = EventPage.Of(rows);
        _ring = ring.With(events);
        await _waiters.WakeAsync(events.Select(one => one.Row.RunId));
        if (!_alone) await _watch.WakeAsync(events.Select(one => (one.Row.RunId, one.Row.Version)));
        return events.Count == Page;
    }

    /// <summary>Begins anew with the newest events; those between are read by whoever wants them.</summary>
    private async Task<bool> CatchUpAsync(EventRing? ring)
    {
        var last = await _reader.FindLastEventAsync();
        if (ring is not null && last < ring.To) LogBackward(_log, last, ring.To);
        var from = await _reader.FindNewestEventsAsync(EventRing.Most);
        if (ring is null || last < ring.To || from > ring.To) ring = EventRing.EmptyAt(from);
        var rows = await _reader.ReadEventsAsync(null, null, ring.To, EventRing.Most);
        if (rows.Watermark > ring.To) ring = EventRing.EmptyAt(rows.Watermark);
        var events = EventPage.Of(rows with { Rows = [.. rows.Rows.Where(row => row.Seq > ring.To)] });
        _ring = events.Count == 0 ? ring : ring.With(events);
        await _waiters.WakeAllAsync();
        if (!_alone) await _watch.WakeAllAsync();
        return false;
    }

    private async ValueTask<EventPage> ReadBehindAsync(string? tenant, RunId? run, long after, int limit, CancellationToken cancellationToken)
    {
        var place = new EventPageCache.Place(tenant, after, limit);
        await _behind.WaitAsync(cancellationToken);
        try
        {
            // Somebody who was before in the queue may have read the same.
            if (run is null && _pages.Find(place) is { } kept) return kept;
            var page = EventPage.Of(await _reader.ReadEventsAsync(tenant, run, after, limit));
            if (run is null && page.Count > 0) _pages.Keep(place, page);
            return page;
        }
        finally
        {
            _behind.Release();
        }
    }

    public override void Dispose()
    {
        _behind.Dispose();
        base.Dispose();
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger's events cannot be followed now: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The ledger's events can be followed again")]
    private static partial void LogBack(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger's last event is {Last} where it was {Before}: it was restored, and whoever saw more is told of a gap")]
    private static partial void LogBackward(ILogger log, long last, long before);
}
