using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>How much of a vendor this replica may use at once and per second. Starts and commands come first: reads never take the last fifth.</summary>
internal sealed class ConnectionLimits(ConnectionConfig config, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _all = new(config.Concurrency);
    private readonly SemaphoreSlim _polls = new(Math.Max(1, config.Concurrency * 4 / 5));

    /// <summary>Null for no limit.</summary>
    public RateBudget? Rate { get; } = config.RateLimit is { } perSecond ? new RateBudget(perSecond, time) : null;

    public int InFlight => config.Concurrency - _all.CurrentCount;

    /// <summary>For a start or a command; null when there is no room within the patience.</summary>
    public async ValueTask<Permit?> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await _all.WaitAsync(patience, cancellationToken)) return null;
        var permit = new Permit(_all, null);
        try
        {
            var wait = Rate is null ? TimeSpan.Zero : Rate.Reserve(patience);
            if (wait is null) return null;
            if (wait > TimeSpan.Zero) await Task.Delay(wait.Value, time, cancellationToken);
            var entered = permit;
            permit = null;
            return entered;
        }
        finally
        {
            permit?.Dispose();
        }
    }

    /// <summary>For a start; null when there is no room now.</summary>
    public Permit? TryEnter()
    {
        if (!_all.Wait(0)) return null;
        if (Rate is null || Rate.Reserve(TimeSpan.Zero) is not null) return new Permit(_all, null);
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

        if (Rate is null || Rate.TryTake()) return new Permit(_all, _polls);
        _all.Release();
        _polls.Release();
        return null;
    }

    public void Dispose()
    {
        _all.Dispose();
        _polls.Dispose();
    }

    /// <summary>A place at the vendor, given back when disposed.</summary>
    internal sealed class Permit(SemaphoreSlim all, SemaphoreSlim? polls) : IDisposable
    {
        private int _returned;

        /// <summary>Set where it stands for the one call that tries a broken connection.</summary>
        public VendorCircuit? Probe { private get; set; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) != 0) return;
            Probe?.GiveBackProbe();
            all.Release();
            polls?.Release();
        }
    }
}
