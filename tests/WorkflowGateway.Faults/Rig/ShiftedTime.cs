namespace WorkflowGateway.Faults.Rig;

/// <summary>The system's time, moved ahead at will. Timers already set run in real time.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _ahead, _jumped;

    private TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

    /// <summary>Sets the wall clock, as an operator or NTP does; nothing has passed by it.</summary>
    public void Jump(TimeSpan time) => Interlocked.Add(ref _jumped, time.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead + TimeSpan.FromTicks(Interlocked.Read(ref _jumped));

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
}
