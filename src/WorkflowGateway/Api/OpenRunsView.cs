using WorkflowGateway.Ledger;

namespace WorkflowGateway.Api;

/// <summary>Runs that are still open at a connection: also where it, or their route, is no longer enabled, they are read and steered there until they end.</summary>
/// <param name="Workflow">Their workflow.</param>
/// <param name="Connection">Where they are.</param>
/// <param name="Route">The route that they were started by, also where it is gone.</param>
/// <param name="Open">How many there are, of the first 100,000 of the workflow at the connection.</param>
/// <param name="Durations">How long such runs usually last; null where none has ended yet.</param>
internal sealed record OpenRunsView(string Workflow, string Connection, string Route, long Open, DurationsView? Durations)
{
    /// <param name="reader">The ledger.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="connection">Null for all connections.</param>
    /// <param name="tenant">Null for all tenants.</param>
    public static async Task<List<OpenRunsView>> OfAsync(LedgerReader reader, string workflow, string? connection, string? tenant)
    {
        var views = new List<OpenRunsView>();
        foreach (var at in (await reader.CountOpenAsync(workflow, connection, tenant)).GroupBy(open => open.Connection))
        {
            var durations = DurationsView.Of(await reader.FindDurationsAsync(workflow, at.Key, tenant));
            views.AddRange(at.Select(open => new OpenRunsView(workflow, open.Connection, open.Route, open.Open, durations)));
        }

        return views;
    }
}

/// <summary>How long runs usually last, from when they were accepted to when the gateway saw their end: of those that ended last, a thousand at most, without those that an operator gave up or no vendor took.</summary>
/// <param name="Runs">How many runs say so.</param>
/// <param name="MedianSeconds">Half of them took no longer.</param>
/// <param name="P90Seconds">Nine in ten took no longer.</param>
internal sealed record DurationsView(int Runs, double MedianSeconds, double P90Seconds)
{
    public static DurationsView? Of(RunDurations? durations) =>
        durations is null ? null : new DurationsView(durations.Count, Math.Round(durations.Median.TotalSeconds, 3), Math.Round(durations.P90.TotalSeconds, 3));
}
