namespace WorkflowGateway.Runners;

/// <summary>How a connection fares, as seen from real traffic. A refusal of one request is no failure of the vendor.</summary>
internal sealed class ConnectionHealth(TimeProvider time)
{
    /// <summary>No vendor is obeyed for longer.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private long _calls;
    private long _failures;

    // A timestamp.
    private long _pausedUntil = long.MinValue;

    public long Calls => Interlocked.Read(ref _calls);
    public long Failures => Interlocked.Read(ref _failures);
    public DateTimeOffset? LastSuccessAt { get; private set; }
    public DateTimeOffset? LastFailureAt { get; private set; }
    public string? LastError { get; private set; }

    /// <summary>For how long the vendor asked to be left alone, from now on.</summary>
    public TimeSpan Pause
    {
        get
        {
            var until = Interlocked.Read(ref _pausedUntil);
            var now = time.GetTimestamp();
            return until > now ? time.GetElapsedTime(now, until) : TimeSpan.Zero;
        }
    }

    public void Succeeded()
    {
        Interlocked.Increment(ref _calls);
        LastSuccessAt = time.GetUtcNow();
    }

    /// <param name="error">What the vendor answered, or that it did not.</param>
    /// <param name="callerCredential">Whether the call bore an end user's own token: a refusal of that is the end user's matter.</param>
    public void Failed(RunnerError error, bool callerCredential)
    {
        Interlocked.Increment(ref _calls);
        if (error.Kind is RunnerErrorKind.Invalid or RunnerErrorKind.NotFound or RunnerErrorKind.Conflict or RunnerErrorKind.Unsupported ||
            (callerCredential && error.Kind == RunnerErrorKind.Unauthorized))
        {
            // It answered, and sensibly.
            LastSuccessAt = time.GetUtcNow();
            return;
        }

        Interlocked.Increment(ref _failures);
        LastFailureAt = time.GetUtcNow();
        LastError = error.Message;
    }

    /// <summary>Leaves the vendor alone for so long, or for longer if that was asked before.</summary>
    /// <returns>Whether that is news.</returns>
    public bool PauseFor(TimeSpan wait)
    {
        var until = time.GetTimestamp() + (long)((wait < LongestPause ? wait : LongestPause).TotalSeconds * time.TimestampFrequency);
        long known;
        do
        {
            known = Interlocked.Read(ref _pausedUntil);
            if (until <= known) return false;
        }
        while (Interlocked.CompareExchange(ref _pausedUntil, until, known) != known);

        // Many calls are refused at once, each a little later than the one before.
        return known == long.MinValue || time.GetElapsedTime(known, until) > TimeSpan.FromMilliseconds(500);
    }
}
