using WorkflowGateway.Api;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Plans;

/// <summary>Puts together what was counted, what differs in writing and what is open.</summary>
internal sealed class PlanReport(
    LedgerReader reader, PlanScope scope, PlanSide old, PlanSide next, IReadOnlyDictionary<string, StartTally> tallies, IReadOnlyList<CountRow> open)
{
    private CatalogSnapshot Before => old.Catalog;

    private CatalogSnapshot After => next.Catalog;

    public async Task<PlanView> MakeAsync(DateTimeOffset now, long replayed, long left)
    {
        var workflows = new List<PlanWorkflowView>();
        foreach (var name in Before.Workflows.Keys.Union(After.Workflows.Keys).Where(IsShown).Union(tallies.Keys).Union(open.Select(row => row.Workflow)).Where(scope.Takes).Order(StringComparer.Ordinal))
        {
            var view = await WorkflowAsync(name);
            if (view.Change != CatalogChanges.Same || view.Starts.Total > 0 || view.OpenRuns.Count > 0) workflows.Add(view);
        }

        var (connections, webhooks) = (Connections(), Webhooks());
        var counts = tallies.Values.Select(tally => tally.Counts).Aggregate(new PlanCountsView(0, 0, 0, 0, 0, 0), (all, one) => new PlanCountsView(
            all.Total + one.Total, all.Same + one.Same, all.Rerouted + one.Rerouted, all.WouldFail + one.WouldFail, all.AlsoBefore + one.AlsoBefore, all.CannotTell + one.CannotTell));
        return new PlanView(
            Before.Revision, After.Revision, (now - scope.Window).UtcDateTime, now.UtcDateTime, replayed, left, counts, workflows, connections, webhooks,
            PlanWarnings.Of(workflows, connections, webhooks, replayed, left));
    }

    private bool IsShown(string workflow) => scope.Tenant is null
        || Before.Workflows.GetValueOrDefault(workflow)?.Serves(scope.Tenant) == true || After.Workflows.GetValueOrDefault(workflow)?.Serves(scope.Tenant) == true;

    private async Task<PlanWorkflowView> WorkflowAsync(string name)
    {
        var (was, now) = (Before.Workflows.GetValueOrDefault(name), After.Workflows.GetValueOrDefault(name));
        var members = was is null || now is null ? [] : CatalogChanges.Between(was.Written, now.Written);
        var change = was is null && now is null ? CatalogChanges.Removed : CatalogChanges.Word(was, now, members.Count > 0);
        var tally = tallies.GetValueOrDefault(name) ?? new StartTally(next, name);
        var serving = next.ConnectionsOf(name).Select(connection => connection.Name).ToHashSet(StringComparer.Ordinal);
        var runs = new List<PlanOpenRunsView>();
        foreach (var group in open.Where(row => row.Workflow == name).GroupBy(row => (row.Connection, row.Vendor)).OrderByDescending(group => group.Sum(row => row.Count)))
        {
            var (connection, vendor) = group.Key;
            var stale = IsLost(connection);
            runs.Add(new PlanOpenRunsView(
                connection, vendor, group.Sum(row => row.Count), stale ? "stale" : serving.Contains(connection) ? "serves" : "drains",
                stale && !Before.Connections.ContainsKey(connection), DurationsView.Of(await reader.FindDurationsAsync(name, connection, scope.Tenant))));
        }

        return new PlanWorkflowView(
            name, change, members, tally.Counts, tally.Flows, tally.Reasons(VerdictKind.WouldFail), tally.Reasons(VerdictKind.CannotTell), tally.Mapping, tally.Operations, runs);
    }

    private bool IsLost(string connection) => !After.Connections.TryGetValue(connection, out var now)
        || (Before.Connections.TryGetValue(connection, out var was) && was.Identity != now.Identity);

    private List<PlanWebhookView> Webhooks() =>
    [
        .. from name in Before.Webhooks.Keys.Union(After.Webhooks.Keys).Order(StringComparer.Ordinal)
           let was = Before.Webhooks.GetValueOrDefault(name)
           let now = After.Webhooks.GetValueOrDefault(name)
           where scope.Tenant is null || (now ?? was)!.Tenant == scope.Tenant
           let change = CatalogChanges.Word(was, now, was?.Hash != now?.Hash)
           where change != CatalogChanges.Same
           select new PlanWebhookView(name, change),
    ];

    private List<PlanConnectionView> Connections()
    {
        var views = new List<PlanConnectionView>();
        foreach (var name in Before.Connections.Keys.Union(After.Connections.Keys).Order(StringComparer.Ordinal))
        {
            var (was, now) = (Before.Connections.GetValueOrDefault(name), After.Connections.GetValueOrDefault(name));
            if (!scope.Shows(now ?? was!) || !scope.Shows(was ?? now!)) continue;
            var members = was is null || now is null ? [] : CatalogChanges.Between(was.Written, now.Written);
            var account = was is not null && now is not null && was.Identity != now.Identity;
            var change = CatalogChanges.Word(was, now, members.Count > 0 || account);
            if (change == CatalogChanges.Same) continue;
            views.Add(new PlanConnectionView(name, (now ?? was!).VendorName, change, members, account, open.Where(row => row.Connection == name).Sum(row => row.Count)));
        }

        return views;
    }
}
