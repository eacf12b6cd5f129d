using System.Collections.Frozen;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Runners;

/// <summary>A configuration and the runners that serve exactly it. Whoever needs both takes them from one set.</summary>
internal sealed record RunnerSet(CatalogSnapshot Catalog, FrozenDictionary<string, ConnectionRunner> Runners)
{
    /// <summary>By name.</summary>
    public IReadOnlyList<ConnectionRunner> All { get; } = [.. Runners.Values.OrderBy(runner => runner.Config.Name, StringComparer.Ordinal)];

    public ConnectionRunner? Find(string name) => Runners.GetValueOrDefault(name);
}
