using System.Collections.Concurrent;
using System.Collections.Frozen;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>Which runner serves a connection. A runner lives as long as the process.</summary>
internal sealed class RunnerRegistry(LiveCatalog catalog, IEnumerable<IVendorAdapter> adapters, TimeProvider time) : IDisposable
{
    private readonly FrozenDictionary<string, RunnerInfo> _infos = adapters.ToFrozenDictionary(adapter => adapter.Info.Vendor, adapter => adapter.Info);
    private readonly ConcurrentDictionary<string, ConnectionRunner> _runners = new();
    private volatile int _replicas = 1;

    /// <summary>Raised when a vendor asked to be left alone for longer than was known.</summary>
    public event Action<ConnectionRunner, TimeSpan>? Paused;

    public IReadOnlyCollection<ConnectionRunner> All => [.. catalog.Current.Connections.Keys.Order(StringComparer.Ordinal).Select(name => Find(name)!)];

    public ConnectionRunner? Find(string name)
    {
        if (_runners.TryGetValue(name, out var runner)) return runner;
        return catalog.Current.Connections.TryGetValue(name, out var config) ? _runners.GetOrAdd(name, _ => Make(config)) : null;
    }

    /// <summary>How many processes share each connection's rate limit.</summary>
    public void Divide(int replicas)
    {
        _replicas = replicas;
        foreach (var runner in _runners.Values) runner.Limits.Rate?.Divide(replicas);
    }

    /// <summary>The connection of a run, if it still reaches the account that the run was started at.</summary>
    public ConnectionRunner? Of(Runs.RunRow run) => Find(run.Connection) is { } runner && runner.Config.Identity == run.ConnectionIdentity ? runner : null;

    /// <summary>What a vendor can do, also when no connection reaches it any more.</summary>
    public RunnerInfo? InfoOf(string vendor) => _infos.GetValueOrDefault(vendor);

    private ConnectionRunner Make(ConnectionConfig config)
    {
        var runner = new ConnectionRunner(config, time);
        runner.Limits.Rate?.Divide(_replicas);
        runner.Paused += (one, wait) => Paused?.Invoke(one, wait);
        return runner;
    }

    public void Dispose()
    {
        foreach (var runner in _runners.Values) runner.Dispose();
    }
}
