using System.Collections.Concurrent;
using System.Collections.Frozen;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>Which runner serves a connection. A runner lives as long as the process.</summary>
internal sealed class RunnerRegistry(LiveCatalog catalog, IEnumerable<IVendorAdapter> adapters, TimeProvider time) : IDisposable
{
    private readonly FrozenDictionary<string, RunnerInfo> _infos = adapters.ToFrozenDictionary(adapter => adapter.Info.Vendor, adapter => adapter.Info);
    private readonly ConcurrentDictionary<string, ConnectionRunner> _runners = new();

    public IReadOnlyCollection<ConnectionRunner> All => [.. catalog.Current.Connections.Keys.Order(StringComparer.Ordinal).Select(name => Find(name)!)];

    public ConnectionRunner? Find(string name)
    {
        if (_runners.TryGetValue(name, out var runner)) return runner;
        return catalog.Current.Connections.TryGetValue(name, out var config) ? _runners.GetOrAdd(name, _ => new ConnectionRunner(config, time)) : null;
    }

    /// <summary>The connection of a run, if it still reaches the account that the run was started at.</summary>
    public ConnectionRunner? Of(Runs.RunRow run) => Find(run.Connection) is { } runner && runner.Config.Identity == run.ConnectionIdentity ? runner : null;

    /// <summary>What a vendor can do, also when no connection reaches it any more.</summary>
    public RunnerInfo? InfoOf(string vendor) => _infos.GetValueOrDefault(vendor);

    public void Dispose()
    {
        foreach (var runner in _runners.Values) runner.Dispose();
    }
}
