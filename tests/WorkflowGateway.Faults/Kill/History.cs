using System.Collections.Concurrent;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

/// <summary>One attempt of a caller to start a run.</summary>
/// <param name="Key">Its Idempotency-Key.</param>
/// <param name="Reply">Null: no answer came.</param>
/// <param name="Refused">Whether nobody listened; otherwise a caller without an answer knows nothing.</param>
internal sealed record Attempt(string Key, Reply? Reply, bool Refused);

/// <summary>What the callers did and were told. The attempts with one key are in order, since one caller makes them.</summary>
internal sealed class History
{
    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private volatile ConcurrentQueue<TimeSpan> _answered = new();
    private volatile TaskCompletionSource _next = NewSignal();

    public IReadOnlyCollection<Attempt> Attempts => _attempts;

    /// <summary>Answers at the first attempt since the last <see cref="Restarted"/>.</summary>
    public int Answered => _answered.Count;

    /// <summary>What a request takes now, under this load.</summary>
    public TimeSpan Typical => _answered.Reverse().Take(12).Order().ElementAt(Math.Min(12, _answered.Count) / 2);

    /// <summary>The moment at which the next request is made.</summary>
    public Task NextInvoke => _next.Task;

    public void Restarted() => _answered = new();

    public void Invoked() => Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();

    public void Told(Attempt attempt, TimeSpan took, bool first)
    {
        _attempts.Enqueue(attempt);
        if (first && attempt.Reply is { Ok: true }) _answered.Enqueue(took);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
