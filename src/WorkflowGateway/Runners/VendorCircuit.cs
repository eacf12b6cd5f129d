using Polly;
using Polly.CircuitBreaker;

namespace WorkflowGateway.Runners;

/// <summary>
/// Keeps calls away from a vendor that cannot be reached, and lets one through at a time to see whether it can again: a real call, never one made up.
/// It only ever refuses before anything is sent; what came of a call that was sent is for others to say.
/// </summary>
internal sealed class VendorCircuit
{
    private const double FailureRatio = 0.5;
    private const int FewestCalls = 5;
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly Action _closed;
    private readonly Lock _lock = new();
    private volatile Breaker _breaker;
    private TimeSpan _timeout;
    private long _until;
    private int _probing;

    /// <param name="timeout">The connection's deadline: what is counted reaches back half of it. Longer, and what went well before would hide an outage while starts are lost to doubt.</param>
    /// <param name="time">The clock.</param>
    /// <param name="closed">Called when the vendor can be reached again.</param>
    public VendorCircuit(TimeSpan timeout, TimeProvider time, Action closed)
    {
        (_time, _closed, _timeout) = (time, closed, timeout);
        _breaker = Make(timeout);
    }

    public bool Closed => _breaker.State.CircuitState == CircuitState.Closed;

    /// <summary>How long certainly nothing is let through; zero while closed, and when one call may try.</summary>
    public TimeSpan Wait => Closed || new DateTimeOffset(Interlocked.Read(ref _until), TimeSpan.Zero) - _time.GetUtcNow() is not { Ticks: > 0 } left ? TimeSpan.Zero : left;

    /// <summary>When the next call may try; null while closed.</summary>
    public DateTimeOffset? Until => Closed ? null : new DateTimeOffset(Interlocked.Read(ref _until), TimeSpan.Zero);

    /// <summary>Whether a call may be made. While open, only one at a time, which must be given back.</summary>
    public bool TryAdmit(out bool probe)
    {
        probe = false;
        if (Closed) return true;
        if (Wait > TimeSpan.Zero || Interlocked.CompareExchange(ref _probing, 1, 0) != 0) return false;
        return probe = true;
    }

    /// <summary>Goes on with another deadline. While it is open it stays as it is, and takes it once it closes: what it knows is worth more than how far back it counts.</summary>
    public void Change(TimeSpan timeout)
    {
        lock (_lock)
        {
            _timeout = timeout;
            if (Closed) Renew();
        }
    }

    public void GiveBackProbe() => Interlocked.Exchange(ref _probing, 0);

    /// <exception cref="BrokenCircuitException">It was not called.</exception>
    public ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call) =>
        // Without the caller's token: cancelled before, the call itself must still say whether anything was sent.
        _breaker.Pipeline.ExecuteAsync(static (call, _) => call(), call, CancellationToken.None);

    private void Renew()
    {
        if (_breaker.Timeout != _timeout) _breaker = Make(_timeout);
    }

    private Breaker Make(TimeSpan timeout)
    {
        var state = new CircuitBreakerStateProvider();
        return new Breaker(timeout, state, new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is RunnerException { Error.Outage: true }),
                FailureRatio = FailureRatio,
                MinimumThroughput = FewestCalls,
                SamplingDuration = timeout / 2 > ShortestWindow ? timeout / 2 : ShortestWindow,
                BreakDurationGenerator = arguments => ValueTask.FromResult(BreakOf(arguments.HalfOpenAttempts)),
                StateProvider = state,
                OnOpened = arguments =>
                {
                    Interlocked.Exchange(ref _until, (_time.GetUtcNow() + arguments.BreakDuration).UtcTicks);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    lock (_lock) Renew();
                    _closed();
                    return ValueTask.CompletedTask;
                },
            })
            .Build());
    }

    private static TimeSpan BreakOf(int attempts)
    {
        var grown = FirstBreak * Math.Pow(2, Math.Min(attempts, 10));
        return grown < LongestBreak ? grown : LongestBreak;
    }

    private sealed record Breaker(TimeSpan Timeout, CircuitBreakerStateProvider State, ResiliencePipeline Pipeline);
}
