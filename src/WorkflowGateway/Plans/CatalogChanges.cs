using System.Collections.Frozen;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Plans;

/// <summary>How two configurations differ, by what is written in them.</summary>
internal static class CatalogChanges
{
    public const string Added = "added", Removed = "removed", Changed = "changed", Same = "same";

    // What says which account at which vendor a connection reaches, and how its requests look. The rest is how it is dealt with.
    private static readonly string[] Manners =
        ["credential", "timeout", "rateLimit", "concurrency", "poll", "staleAfter", "tenants", "enabled", "forwardTrace", "webhookSecrets"];

    /// <summary>The members that are not the same in both.</summary>
    public static IReadOnlyList<string> Between(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        [.. before.Keys.Union(after.Keys).Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name)).Order(StringComparer.Ordinal)];

    public static string Word<T>(T? before, T? after, bool differs)
        where T : class => (before, after) switch
        {
            (null, _) => Added,
            (_, null) => Removed,
            _ => differs ? Changed : Same,
        };

    /// <summary>
    /// The new configuration with the accounts of the one in force wherever a connection is written as it was. Where references were not read (a plan over HTTP)
    /// that is the only way to know that nothing changed.
    /// </summary>
    public static CatalogSnapshot WithKnownAccounts(CatalogSnapshot before, CatalogSnapshot after) => after with
    {
        Connections = after.Connections.ToFrozenDictionary(pair => pair.Key, pair =>
            before.Connections.TryGetValue(pair.Key, out var old) && Between(old.Written, pair.Value.Written).All(Manners.Contains)
                ? pair.Value with { Identity = old.Identity, Vendor = old.Vendor }
                : pair.Value, StringComparer.Ordinal),
    };
}
