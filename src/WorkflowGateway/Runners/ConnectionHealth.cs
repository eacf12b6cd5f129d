namespace WorkflowGateway.Runners;

/// <summary>How a connection fares, as seen from real traffic. A refusal of one request is no failure of the vendor.</summary>
internal sealed class ConnectionHealth(TimeProvider time)
{
    private long _calls;
    private long _failures;

    // In ticks: a wider value could be read half written.
    private long _pausedUntil;

    public long Calls => Interlocked.Read(ref _calls);
    public long Failures => Interlocked.Read(ref _failures);
    public DateTimeOffset? LastSuccessAt { get; private set; }
    public DateTimeOffset? LastFailureAt { get; private set; }
    public string? LastError { get; private set; }

    /// <summary>The vendor asked to be left alone until then.</summary>
    public DateTimeOffset? PausedUntil => Interlocked.Read(ref _pausedUntil) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public TimeSpan Pause => PausedUntil - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    public void Succeeded()
    {
        Interlocked.Increment(ref _calls);
        LastSuccessAt = time.GetUtcNow();
    }

    public void Failed(RunnerError error)
    {
        Interlocked.Increment(ref _calls);
        if (error.Kind == RunnerErrorKind.RateLimited) Interlocked.Exchange(ref _pausedUntil, (time.GetUtcNow() + (error.RetryAfter ?? TimeSpan.FromSeconds(1))).UtcTicks);
        if (error.Kind is RunnerErrorKind.Invalid or RunnerErrorKind.NotFound or RunnerErrorKind.Conflict or RunnerErrorKind.Unsupported)
        {
            // It answered, and sensibly.
            LastSuccessAt = time.GetUtcNow();
            return;
        }

        Interlocked.Increment(ref _failures);
        LastFailureAt = time.GetUtcNow();
        LastError = error.Message;
    }
}
