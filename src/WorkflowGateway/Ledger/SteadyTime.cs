namespace WorkflowGateway.Ledger;

/// <summary>
/// The time of day without its jumps. Leases and due times are compared with it: a clock set back an hour would stop all reads for an hour,
/// one set forward would give up calls that are under way. It follows the clock, but gains or loses a tenth at most.
/// </summary>
internal sealed class SteadyTime(TimeProvider clock) : TimeProvider
{
    private const double MostGain = 0.1;

    private readonly Lock _lock = new();
    private DateTimeOffset _now = clock.GetUtcNow();
    private long _timestamp = clock.GetTimestamp();
    private TimeSpan _offset;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var timestamp = clock.GetTimestamp();
            var elapsed = clock.GetElapsedTime(_timestamp, timestamp);
            _timestamp = timestamp;
            _now += elapsed;
            var most = elapsed * MostGain;
            var behind = clock.GetUtcNow() + _offset - _now;
            _now += behind > most ? most : behind < -most ? -most : behind;
            return _now;
        }
    }

    /// <summary>Follows another clock from now on: that of the database, which is the same for all replicas.</summary>
    /// <param name="other">Its time just now.</param>
    /// <param name="atOnce">Whether to take it over without waiting: only before anything was timed.</param>
    public void Follow(DateTimeOffset other, bool atOnce)
    {
        lock (_lock)
        {
            _offset = other - clock.GetUtcNow();
            if (!atOnce) return;
            _now = other;
            _timestamp = clock.GetTimestamp();
        }
    }

    public override long GetTimestamp() => clock.GetTimestamp();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
}
