using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;
using Route = WorkflowGateway.Catalog.Route;

namespace WorkflowGateway.Telemetry;

/// <summary>Tells 0 of what alerts compare over time, before the first of it happens: a series that begins at 5 has had no increase.</summary>
internal sealed class ZeroSeries(RunnerRegistry runners, RunMetrics runs, LedgerMetrics ledger, WebhookMetrics webhooks, WatchMetrics watchers) : IDisposable
{
    /// <summary>Once everybody listens who shows them.</summary>
    public void Begin()
    {
        ledger.Begin();
        webhooks.Begin();
        watchers.Begin();
        runners.Changed += Follow;
        Follow();
    }

    public void Dispose() => runners.Changed -= Follow;

    private void Follow()
    {
        var current = runners.Current;
        foreach (var one in current.All) runs.Begin(one.Config.Name, one.Info.Vendor);
        foreach (var workflow in current.Catalog.Workflows.Values)
        {
            foreach (var route in workflow.Routes) BeginFallbacks(workflow, route);
        }
    }

    // One that cannot stand in is passed over, so any may follow any before it.
    private void BeginFallbacks(Workflow workflow, Route route)
    {
        var chain = route.Fallback.Select(name => workflow.Routes.First(other => other.Name == name).Connection).Prepend(route.Connection).ToList();
        for (var from = 0; from < chain.Count; from++)
        {
            foreach (var to in chain.Skip(from + 1).Where(to => to != chain[from])) runs.BeginFallback(chain[from], to);
        }
    }
}
