using System.Threading.Tasks.Sources;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>
/// One reader's place among those who wait. It is used again for each of his waits: of ten thousand readers whatever a wait leaves behind adds up, and a task,
/// a timer and a registration each would.
/// </summary>
/// <param name="run">Null for all.</param>
internal sealed class EventWaiter(EventTail tail, RunId? run) : IValueTaskSource, IThreadPoolWorkItem
{
    // Not a property: it is changed in place.
    private ManualResetValueTaskSourceCore<bool> _wait;

    public RunId? Run => run;

    /// <summary>When the wait ends by itself, as a timestamp. The rest is the room's that it waits in.</summary>
    public long Deadline { get; set; }

    public EventWaiter? Before { get; set; }

    public EventWaiter? Behind { get; set; }

    public EventWaiters.Group? In { get; set; }

    /// <summary>Whether it was woken while it did not wait: its next wait ends at once.</summary>
    public bool Early { get; set; }

    /// <summary>Ends as soon as there may be an event after the cursor, about when the time is up, or when it is woken. One wait at a time.</summary>
    public ValueTask WaitAsync(long after, TimeSpan atMost)
    {
        _wait.Reset();
        if (!tail.Join(this, after, atMost)) _wait.SetResult(true);
        return new ValueTask(this, _wait.Version);
    }

    /// <summary>Ends the wait, or the next one.</summary>
    public void Wake() => tail.Wake(this);

    /// <summary>Goes on, on a thread of the pool: who wakes ten thousand does not do their work.</summary>
    public void Execute() => _wait.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
