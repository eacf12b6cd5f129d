namespace WorkflowGateway.Plans;

/// <summary>What of a plan deserves a look even where starts succeed.</summary>
internal static class PlanWarnings
{
    public const string StandIn = "stand-in", Error = "error", Warning = "warning", Info = "info";

    public static IReadOnlyList<PlanWarningView> Of(IReadOnlyList<PlanWorkflowView> workflows, IReadOnlyList<PlanConnectionView> connections, IReadOnlyList<PlanWebhookView> webhooks, long replayed, long left)
    {
        var stale = from workflow in workflows
                    from runs in workflow.OpenRuns
                    where runs is { After: "stale", AlreadyStale: false }
                    select new PlanWarningView(Error, "runs-turn-stale", workflow.Name, runs.Connection,
                        $"{Count(runs.Runs, "open run")} of {workflow.Name} at '{runs.Connection}' would turn stale: {(connections.Any(one => one.Name == runs.Connection && one.AccountChanges) ? "the connection would reach another account" : "the connection would be gone")}. Keep it as it is until they have ended, and give the new account another name.");
        var accounts = from connection in connections
                       where connection.AccountChanges && connection.OpenRuns == 0
                       select new PlanWarningView(Warning, "account-changes", null, connection.Name,
                           $"'{connection.Name}' would reach another account. No run is open there now; one that is started before the switch would turn stale.");
        var operations = from workflow in workflows
                         from use in workflow.Operations
                         where use.Lacking > 0
                         select new PlanWarningView(Error, "operation-missing", workflow.Name, null,
                             $"Callers used {use.Operation} on {Count(use.Lacking, "run")} of {workflow.Name} that would now be at {string.Join(", ", use.Vendors)}, which has no {use.Operation}.");
        var mapping = from workflow in workflows
                      from lost in workflow.Mapping
                      where lost.Kind != StandIn
                      select new PlanWarningView(Warning, "mapping-" + lost.Kind, workflow.Name, lost.To.Connection, lost.Kind == "drops"
                          ? $"{lost.What} reached {lost.From.Vendor} and would not reach {lost.To.Vendor}: {Count(lost.Starts, "start")} of {workflow.Name}."
                          : $"The route '{lost.To.Route}' of {workflow.Name} asks for {lost.What}, which {Count(lost.Starts, "start")} had not: it would be left out.");
        var alone = from workflow in workflows
                    from lost in workflow.Mapping
                    where lost.Kind == StandIn
                    select new PlanWarningView(Error, "fallback-lost", workflow.Name, lost.To.Connection,
                        $"{Count(lost.Starts, "start")} of {workflow.Name} went over '{lost.What}', which stood in for '{lost.From.Route}'. It would not stand in any more: as things were, such starts would fail.");
        var untold = from webhook in webhooks
                     where webhook.Change == CatalogChanges.Removed
                     select new PlanWarningView(Warning, "webhook-removed", null, null, $"The webhook '{webhook.Name}' would be gone: its receiver is told of nothing any more.");
        var rest = left == 0 ? [] : new[]
        {
            new PlanWarningView(Info, "not-all-replayed", null, null, $"Only the newest {replayed} starts were replayed; {left} older ones of that time were not."),
        };
        return [.. stale, .. alone, .. operations, .. accounts, .. mapping, .. untold, .. rest];
    }

    public static string Count(long n, string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{n} {what}{(n == 1 ? "" : "s")}");
}
