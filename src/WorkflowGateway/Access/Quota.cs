namespace WorkflowGateway.Access;

/// <summary>A replica's share of <see cref="CallLimits"/>. 0 is no limit.</summary>
internal readonly record struct QuotaShare(double Rate, long Burst, long Calls, long Watchers)
{
    public static QuotaShare Of(CallLimits limits, int replicas)
    {
        var rate = limits.Rate.GetValueOrDefault() / replicas;
        var burst = limits.Burst is > 0 and var given ? Share(given, replicas) : Math.Max(1, (long)Math.Ceiling(2 * rate));
        return new QuotaShare(rate, burst, Share(limits.Concurrency.GetValueOrDefault(), replicas), Share(limits.Watchers.GetValueOrDefault(), replicas));
    }

    private static long Share(long limit, int replicas) => limit == 0 ? 0 : Math.Max(1, (limit + replicas - 1) / replicas);
}

/// <summary>What a caller is told of its quota.</summary>
/// <param name="Left">Requests that it could make now.</param>
/// <param name="Full">When it would be able to make all of them again.</param>
internal readonly record struct QuotaState(long Left, TimeSpan Full);

/// <summary>
/// What one key, tenant or address has used. The rate is a bucket kept as one number, the time at which it would be full again: the share may change with every
/// request, as replicas come and go, and one that is not used any more says nothing and can be forgotten.
/// </summary>
internal sealed class Quota(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _full = long.MinValue;
    private long _calls, _watchers;

    /// <summary>Whether a new one would be the same.</summary>
    public bool IsUnused
    {
        get
        {
            lock (_lock) return _calls == 0 && _watchers == 0 && _full <= time.GetTimestamp();
        }
    }

    /// <summary>Takes a request out of the bucket.</summary>
    /// <returns>Null where there was one; else for how long there is none.</returns>
    public TimeSpan? TryTake(in QuotaShare share, out QuotaState state)
    {
        state = default;
        if (share.Rate <= 0) return null;
        lock (_lock)
        {
            var (now, each) = (time.GetTimestamp(), Ticks(1 / share.Rate));
            var (full, depth) = (Math.Max(_full, now), each * share.Burst);
            var over = full + each - now - depth;
            if (over <= 0) _full = full += each;
            state = new QuotaState(Math.Max(0, (now + depth - full) / each), Span(full - now));
            return over <= 0 ? null : Span(over);
        }
    }

    /// <summary>Puts back what was taken for a request that another limit refused.</summary>
    public void GiveBack(in QuotaShare share)
    {
        if (share.Rate <= 0) return;
        lock (_lock) _full -= Ticks(1 / share.Rate);
    }

    public bool TryEnter(in QuotaShare share, bool watches)
    {
        lock (_lock)
        {
            ref var inside = ref watches ? ref _watchers : ref _calls;
            if ((watches ? share.Watchers : share.Calls) is > 0 and var most && inside >= most) return false;
            inside++;
            return true;
        }
    }

    public void Leave(bool watches)
    {
        lock (_lock)
        {
            if (watches) _watchers--;
            else _calls--;
        }
    }

    private long Ticks(double seconds) => Math.Max(1, (long)(seconds * time.TimestampFrequency));

    private TimeSpan Span(long ticks) => TimeSpan.FromSeconds(ticks / (double)time.TimestampFrequency);
}
