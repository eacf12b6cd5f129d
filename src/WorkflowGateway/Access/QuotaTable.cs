using System.Collections.Concurrent;

namespace WorkflowGateway.Access;

/// <summary>Quotas by name, at most so many: those that are not used are forgotten first, and where all are used the newcomers share one.</summary>
internal sealed class QuotaTable(int most, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Quota> _all = new(StringComparer.Ordinal);
    private readonly Quota _shared = new(time);
    private int _count;
    private long _swept = long.MinValue;

    public int Count => Volatile.Read(ref _count);

    public Quota Of(string name)
    {
        if (_all.TryGetValue(name, out var known)) return known;
        if (Count >= most) Sweep();
        if (Count >= most) return _shared;
        var made = new Quota(time);
        if (!_all.TryAdd(name, made)) return _all.GetValueOrDefault(name, _shared);
        Interlocked.Increment(ref _count);
        return made;
    }

    // Who has one in hand that is forgotten just now, gets away with one request.
    private void Sweep()
    {
        var before = Interlocked.Read(ref _swept);
        if (before != long.MinValue && time.GetElapsedTime(before) < Pause) return;
        if (Interlocked.CompareExchange(ref _swept, time.GetTimestamp(), before) != before) return;
        foreach (var (name, quota) in _all)
            if (quota.IsUnused && _all.TryRemove(name, out _)) Interlocked.Decrement(ref _count);
    }
}
