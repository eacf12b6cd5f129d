using System.Collections.Concurrent;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>Which runner serves a connection. A runner lives as long as its connection stays as it was configured.</summary>
internal sealed class RunnerRegistry(LiveCatalog catalog, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, ConnectionRunner> _runners = new();

    public IReadOnlyCollection<ConnectionRunner> All => [.. catalog.Current.Connections.Keys.Select(name => Find(name)!)];

    public ConnectionRunner? Find(string name)
    {
        if (!catalog.Current.Connections.TryGetValue(name, out var config)) return null;
        return _runners.GetOrAdd(name, _ => new ConnectionRunner(config, time));
    }

    /// <summary>The connection of a run, if it still reaches the account that the run was started at.</summary>
    public ConnectionRunner? Of(Runs.RunRow run) => Find(run.Connection) is { } runner && runner.Config.Identity == run.ConnectionIdentity ? runner : null;

    public RunnerInfo? InfoOf(string vendor) => VendorAdapters.All.FirstOrDefault(adapter => adapter.Info.Vendor == vendor)?.Info;

    public void Dispose()
    {
        foreach (var runner in _runners.Values) runner.Dispose();
    }
}
