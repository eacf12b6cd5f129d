namespace WorkflowGateway.Tests.Events;

/// <summary>Time that passes so many times as quickly, timers included: what takes seconds is over in moments.</summary>
internal sealed class QuickTime(int times) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();

    public override long GetTimestamp() => _began + ((System.GetTimestamp() - _began) * times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shortened(dueTime), Shortened(period));

    private TimeSpan Shortened(TimeSpan time) => time <= TimeSpan.Zero ? time : time / times;
}
