namespace WorkflowGateway.Tests.Runners;

/// <summary>A clock that goes only when it is moved.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _timestamp;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time) => _timestamp += time.Ticks;

    public override long GetTimestamp() => _timestamp;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56) + TimeSpan.FromTicks(_timestamp);
}
