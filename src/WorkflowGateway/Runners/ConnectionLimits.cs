using System.Threading.RateLimiting;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>How much of a vendor a replica may use at once and per second. Starts and commands come first: polls never take the last fifth.</summary>
internal sealed class ConnectionLimits : IDisposable
{
    private readonly SemaphoreSlim _all;
    private readonly SemaphoreSlim _polls;
    private readonly TokenBucketRateLimiter? _rate;
    private readonly int _concurrency;
    private readonly int _burst;

    public ConnectionLimits(ConnectionConfig config)
    {
        _concurrency = config.Concurrency;
        _all = new SemaphoreSlim(config.Concurrency);
        _polls = new SemaphoreSlim(Math.Max(1, config.Concurrency * 4 / 5));
        if (config.RateLimit is not { } perSecond) return;
        _burst = Math.Max(1, (int)perSecond);
        _rate = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = _burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1 / perSecond),
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    public int InFlight => _concurrency - _all.CurrentCount;

    /// <summary>For a start or a command; null when there is no room within the patience.</summary>
    public async ValueTask<Permit?> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await _all.WaitAsync(patience, cancellationToken)) return null;
        if (_rate is null) return new Permit(_all, null);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(patience);
        try
        {
            using var lease = await _rate.AcquireAsync(1, waiting.Token);
            if (lease.IsAcquired) return new Permit(_all, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Out of patience: as good as no room.
        }
        catch
        {
            _all.Release();
            throw;
        }

        _all.Release();
        return null;
    }

    /// <summary>For a read in the background; null when there is no room now.</summary>
    public Permit? TryEnterPoll()
    {
        if (!_polls.Wait(0)) return null;
        if (!_all.Wait(0))
        {
            _polls.Release();
            return null;
        }

        var reserved = _burst / 5;
        if (_rate is null || (_rate.GetStatistics()!.CurrentAvailablePermits > reserved && _rate.AttemptAcquire().IsAcquired)) return new Permit(_all, _polls);
        _all.Release();
        _polls.Release();
        return null;
    }

    public void Dispose()
    {
        _all.Dispose();
        _polls.Dispose();
        _rate?.Dispose();
    }

    /// <summary>A place at the vendor, given back when disposed.</summary>
    internal sealed class Permit(SemaphoreSlim all, SemaphoreSlim? polls) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) != 0) return;
            all.Release();
            polls?.Release();
        }
    }
}
