namespace WorkflowGateway.Runners;

/// <summary>
/// A replica's share of the calls per second of a connection: in any window of n calls' time at most n calls, exactly, and none saved up from quieter
/// times beyond that. It is a ring of the n calls made last, each place free again a window later; who reserves one ahead of time waits for it.
/// </summary>
internal sealed class RateBudget
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long[] _free = [];
    private double _perSecond;
    private int _replicas;
    private int _next;
    private long _window;
    private long _last;

    /// <param name="perSecond">Calls per second over all replicas.</param>
    /// <param name="time">The clock.</param>
    public RateBudget(double perSecond, TimeProvider time)
    {
        (_perSecond, _time) = (perSecond, time);
        _last = time.GetTimestamp() - Ticks(1 / perSecond);
        Divide(1);
    }

    /// <summary>Calls per second of this replica.</summary>
    public double Share { get; private set; }

    /// <summary>Shares the rate with so many replicas in all.</summary>
    public void Divide(int replicas)
    {
        lock (_lock) Divide(_perSecond, replicas);
    }

    /// <summary>Goes on with another rate.</summary>
    public void Change(double perSecond)
    {
        lock (_lock) Divide(perSecond, _replicas);
    }

    /// <summary>After a time without calls: the next ones come evenly, not all at once.</summary>
    /// <param name="wait">How long there are still none.</param>
    public void Ramp(TimeSpan wait)
    {
        lock (_lock) Spread(Ticks(wait.TotalSeconds));
    }

    /// <summary>For a start or a command: the next place, and how long to wait for it. Null where that is longer than the patience.</summary>
    public TimeSpan? Reserve(TimeSpan patience)
    {
        lock (_lock)
        {
            var wait = TimeSpan.FromSeconds(Math.Max(0, _free[_next] - _time.GetTimestamp()) / (double)_time.TimestampFrequency);
            if (wait > patience) return null;
            Take();
            return wait;
        }
    }

    /// <summary>For a read in the background: a place that is free now. A fifth of the rate is always left to starts and commands.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            if (_free[(_next + (_free.Length / 5)) % _free.Length] > _time.GetTimestamp()) return false;
            Take();
            return true;
        }
    }

    private void Divide(double perSecond, int replicas)
    {
        (_perSecond, _replicas) = (perSecond, replicas);
        if (Share == perSecond / replicas) return;
        Share = perSecond / replicas;
        var places = Math.Max(1, (int)Share);
        var window = Ticks(places / Share);
        // The oldest first: what was called, or is reserved, still counts.
        var calls = _free.Select(free => free - _window).OrderDescending().Take(places).Reverse().ToList();
        (_free, _next, _window) = ([.. Enumerable.Repeat(0L, places - calls.Count), .. calls.Select(call => call + window)], 0, window);
        Spread(0);
    }

    private void Take()
    {
        _last = Math.Max(_time.GetTimestamp(), _free[_next]);
        _free[_next] = _last + _window;
        _next = (_next + 1) % _free.Length;
    }

    private void Spread(long wait)
    {
        var step = _window / _free.Length;
        // What was reserved ahead is still going to be called.
        var from = Math.Max(_time.GetTimestamp() + wait, _last + step);
        for (var i = 0; i < _free.Length; i++)
        {
            ref var free = ref _free[(_next + i) % _free.Length];
            // What was called in the last window still counts.
            free = Math.Max(free, from + (i * step));
        }
    }

    private long Ticks(double seconds) => (long)(seconds * _time.TimestampFrequency);
}
