namespace WorkflowGateway.Faults.Rig;

/// <summary>The system's time, moved ahead at will. Timers already set run in real time.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _ahead;

    private TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
}
