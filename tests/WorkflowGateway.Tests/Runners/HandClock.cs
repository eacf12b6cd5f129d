namespace WorkflowGateway.Tests.Runners;

/// <summary>A clock that goes only when it is moved. The wall clock can be set apart from what measures durations.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _timestamp;
    private TimeSpan _set;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time) => _timestamp += time.Ticks;

    public void Set(TimeSpan jump) => _set += jump;

    public override long GetTimestamp() => _timestamp;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56) + TimeSpan.FromTicks(_timestamp) + _set;
}
