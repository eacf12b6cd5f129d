namespace WorkflowGateway.Runners;

/// <summary>How a connection fares, as seen from real traffic. A refusal of one request is no failure of the vendor.</summary>
internal sealed class ConnectionHealth(TimeProvider time)
{
    private long _calls;
    private long _failures;

    public long Calls => Interlocked.Read(ref _calls);
    public long Failures => Interlocked.Read(ref _failures);
    public DateTimeOffset? LastSuccessAt { get; private set; }
    public DateTimeOffset? LastFailureAt { get; private set; }
    public string? LastError { get; private set; }

    /// <summary>The vendor asked to be left alone until then.</summary>
    public DateTimeOffset? PausedUntil { get; private set; }

    public TimeSpan Pause => PausedUntil is { } until && until > time.GetUtcNow() ? until - time.GetUtcNow() : TimeSpan.Zero;

    public void Succeeded()
    {
        Interlocked.Increment(ref _calls);
        LastSuccessAt = time.GetUtcNow();
    }

    public void Failed(RunnerError error)
    {
        Interlocked.Increment(ref _calls);
        if (error.Kind == RunnerErrorKind.RateLimited) PausedUntil = time.GetUtcNow() + (error.RetryAfter ?? TimeSpan.FromSeconds(1));
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
