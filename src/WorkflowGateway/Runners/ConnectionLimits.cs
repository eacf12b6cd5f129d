using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>How much of a vendor this replica may use at once and per second. Starts and commands come first: reads never take the last fifth.</summary>
internal sealed class ConnectionLimits(ConnectionConfig config, TimeProvider time) : IDisposable
{
    private readonly Places _all = new(config.Concurrency);
    private readonly Places _polls = new(Polls(config));
    private volatile RateBudget? _rate = config.RateLimit is { } perSecond ? new RateBudget(perSecond, time) : null;

    /// <summary>Null for no limit.</summary>
    public RateBudget? Rate => _rate;

    public int InFlight => _all.Taken;

    /// <summary>Goes on with other limits: what is under way, and what was called in the last window, counts with them too.</summary>
    public void Change(ConnectionConfig to)
    {
        _all.Resize(to.Concurrency);
        _polls.Resize(Polls(to));
        if (to.RateLimit is not { } perSecond) _rate = null;
        else if (_rate is { } rate) rate.Change(perSecond);
        else _rate = new RateBudget(perSecond, time);
    }

    /// <summary>Shares the rate with so many replicas in all.</summary>
    public void Divide(int replicas) => _rate?.Divide(replicas);

    /// <summary>For a start or a command; null when there is no room within the patience.</summary>
    public async ValueTask<Permit?> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await _all.TakeAsync(patience, cancellationToken)) return null;
        var permit = new Permit(_all, null);
        try
        {
            var rate = _rate;
            var wait = rate is null ? TimeSpan.Zero : rate.Reserve(patience);
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
        if (!_all.TryTake()) return null;
        var rate = _rate;
        if (rate is null || rate.Reserve(TimeSpan.Zero) is not null) return new Permit(_all, null);
        _all.GiveBack();
        return null;
    }

    /// <summary>For a read in the background; null when there is no room now.</summary>
    public Permit? TryEnterPoll()
    {
        if (!_polls.TryTake()) return null;
        if (!_all.TryTake())
        {
            _polls.GiveBack();
            return null;
        }

        var rate = _rate;
        if (rate is null || rate.TryTake()) return new Permit(_all, _polls);
        _all.GiveBack();
        _polls.GiveBack();
        return null;
    }

    public void Dispose()
    {
        _all.Dispose();
        _polls.Dispose();
    }

    private static int Polls(ConnectionConfig config) => Math.Max(1, config.Concurrency * 4 / 5);

    /// <summary>A place at the vendor, given back when disposed.</summary>
    internal sealed class Permit(Places all, Places? polls) : IDisposable
    {
        private int _returned;

        /// <summary>Whose calls it stands for: it must not end before them.</summary>
        public ConnectionRunner? Runner { private get; set; }

        /// <summary>Set where it stands for the one call that tries a broken connection.</summary>
        public VendorCircuit? Probe { private get; set; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) != 0) return;
            Probe?.GiveBackProbe();
            all.GiveBack();
            polls?.GiveBack();
            Runner?.Leave();
        }
    }
}
