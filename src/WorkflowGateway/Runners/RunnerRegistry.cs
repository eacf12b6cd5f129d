using System.Collections.Frozen;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>Which runner serves a connection. It lives until its connection is changed or removed and its last call has ended.</summary>
internal sealed class RunnerRegistry : IDisposable
{
    private readonly FrozenDictionary<string, RunnerInfo> _infos;
    private readonly LiveCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly Telemetry.VendorMetrics? _metrics;
    private readonly Lock _lock = new();
    private readonly List<ConnectionRunner> _retired = [];
    private readonly ITimer _clearing;
    private volatile RunnerSet _current;
    private int _replicas = 1;

    public RunnerRegistry(LiveCatalog catalog, IEnumerable<IVendorAdapter> adapters, TimeProvider time, Telemetry.VendorMetrics? metrics = null)
    {
        _infos = adapters.ToFrozenDictionary(adapter => adapter.Info.Vendor, adapter => adapter.Info);
        (_catalog, _time, _metrics) = (catalog, time, metrics);
        _current = Make(catalog.Current, null);
        catalog.Swapping += Follow;
        _clearing = time.CreateTimer(_ => ClearRetired(), null, ConnectionRunner.Rest, ConnectionRunner.Rest);
    }

    /// <summary>Raised when a vendor asked to be left alone for longer than was known.</summary>
    public event Action<ConnectionRunner, TimeSpan>? Paused;

    /// <summary>Raised after the connections changed.</summary>
    public event Action? Changed;

    /// <summary>The configuration with its runners, as one. Read it once per request.</summary>
    public RunnerSet Current => _current;

    public IReadOnlyCollection<ConnectionRunner> All => _current.All;

    public ConnectionRunner? Find(string name) => _current.Find(name);

    /// <summary>How many processes share each connection's rate limit.</summary>
    public void Divide(int replicas)
    {
        lock (_lock)
        {
            _replicas = replicas;
            foreach (var runner in _current.All) runner.Limits.Divide(replicas);
        }
    }

    /// <summary>The connection of a run, if it still reaches the account that the run was started at.</summary>
    public ConnectionRunner? Of(Runs.RunRow run) => Find(run.Connection) is { } runner && runner.Config.Identity == run.ConnectionIdentity ? runner : null;

    /// <summary>What a vendor can do, also when no connection reaches it any more.</summary>
    public RunnerInfo? InfoOf(string vendor) => _infos.GetValueOrDefault(vendor);

    public void Dispose()
    {
        _catalog.Swapping -= Follow;
        _clearing.Dispose();
        lock (_lock)
        {
            foreach (var runner in _current.All.Concat(_retired)) runner.Dispose();
            _retired.Clear();
        }
    }

    private void Follow(CatalogSnapshot next)
    {
        lock (_lock)
        {
            var before = _current;
            var now = Make(next, before);
            foreach (var runner in now.All) runner.TakeOver(_replicas);
            _current = now;
            _retired.AddRange(before.All.Where(runner => now.Find(runner.Config.Name) != runner));
        }

        Changed?.Invoke();
    }

    // A connection that is as it was keeps its runner; a changed one gets another, which goes on with what is known of the vendor.
    private RunnerSet Make(CatalogSnapshot catalog, RunnerSet? before)
    {
        var all = new List<ConnectionRunner>();
        var made = new List<ConnectionRunner>();
        try
        {
            foreach (var config in catalog.Connections.Values)
            {
                var serving = before?.Find(config.Name);
                if (serving is not null && serving.Config.Content == config.Content)
                {
                    all.Add(serving);
                    continue;
                }

                // One that was taken out and put back may still have calls under way.
                var runner = new ConnectionRunner(config, _time, serving ?? _retired.FindLast(one => one.Config.Name == config.Name), _metrics);
                all.Add(runner);
                made.Add(runner);
            }
        }
        catch
        {
            // Only themselves: what they share with those before them goes on.
            foreach (var runner in made) (runner.Runner as IDisposable)?.Dispose();
            throw;
        }

        foreach (var runner in made)
        {
            if (before is null) runner.TakeOver(_replicas);
            runner.Paused += (one, wait) => Paused?.Invoke(one, wait);
        }

        return new RunnerSet(catalog, all.ToFrozenDictionary(runner => runner.Config.Name, StringComparer.Ordinal));
    }

    private void ClearRetired()
    {
        lock (_lock) _retired.RemoveAll(runner => runner.TryEnd());
    }
}
