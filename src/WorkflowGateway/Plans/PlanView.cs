using WorkflowGateway.Api;

namespace WorkflowGateway.Plans;

/// <summary>What a new configuration would change, by the starts that were recorded.</summary>
/// <param name="Before">The revision of the configuration that is compared with: sha256: and its hash.</param>
/// <param name="After">The revision of the new configuration.</param>
/// <param name="Since">The beginning of the time whose starts were looked at.</param>
/// <param name="Until">Its end: when the plan was made.</param>
/// <param name="Replayed">How many recorded starts were made again, on paper.</param>
/// <param name="NotReplayed">How many older ones of that time were not, because only so many are; counted up to a million.</param>
/// <param name="Starts">What becomes of those replayed.</param>
/// <param name="Workflows">Workflow by workflow; those without a change, a start and an open run are left out.</param>
/// <param name="Connections">Connections that are added, removed or changed.</param>
/// <param name="Webhooks">Webhooks of the configuration that are added, removed or changed.</param>
/// <param name="Warnings">What deserves a look, the worst first.</param>
internal sealed record PlanView(
    string Before, string After, DateTime Since, DateTime Until, long Replayed, long NotReplayed, PlanCountsView Starts,
    IReadOnlyList<PlanWorkflowView> Workflows, IReadOnlyList<PlanConnectionView> Connections, IReadOnlyList<PlanWebhookView> Webhooks, IReadOnlyList<PlanWarningView> Warnings)
{
    /// <summary>Whether somebody would notice the switch: starts that fail and did not before, operations that are missing, or open runs that nobody reads any more.</summary>
    internal bool Breaks => Starts.WouldFail > Starts.AlsoBefore || Warnings.Any(warning => warning.Level == PlanWarnings.Error);
}

/// <summary>What becomes of recorded starts.</summary>
/// <param name="Total">How many there are.</param>
/// <param name="Same">The same route, connection and account, and the same request to the vendor.</param>
/// <param name="Rerouted">Another route, connection or account, or another request.</param>
/// <param name="WouldFail">Refused, as the new configuration would refuse them.</param>
/// <param name="AlsoBefore">How many of those that would be refused are refused today as well.</param>
/// <param name="CannotTell">What is recorded does not say.</param>
internal sealed record PlanCountsView(long Total, long Same, long Rerouted, long WouldFail, long AlsoBefore, long CannotTell);

/// <summary>What changes for a workflow.</summary>
/// <param name="Name">The workflow.</param>
/// <param name="Change">added, removed, changed or same.</param>
/// <param name="Members">Its members that are written otherwise.</param>
/// <param name="Starts">What becomes of its recorded starts.</param>
/// <param name="Flows">Where those that are not refused go, from where.</param>
/// <param name="Failures">Why starts would be refused.</param>
/// <param name="Unknown">Why nobody can tell of some.</param>
/// <param name="Mapping">What of the input reaches the vendor no more, and what the new route asks for in vain, though the start succeeds.</param>
/// <param name="Operations">What callers did with the runs of these starts, and whether the new vendor can do it.</param>
/// <param name="OpenRuns">Its runs that are open now, by connection: they stay where they are.</param>
internal sealed record PlanWorkflowView(
    string Name, string Change, IReadOnlyList<string> Members, PlanCountsView Starts, IReadOnlyList<PlanFlowView> Flows, IReadOnlyList<PlanReasonView> Failures,
    IReadOnlyList<PlanReasonView> Unknown, IReadOnlyList<PlanMappingView> Mapping, IReadOnlyList<PlanOperationView> Operations, IReadOnlyList<PlanOpenRunsView> OpenRuns);

/// <summary>Where a start goes.</summary>
/// <param name="Route">The route's name within the workflow.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Vendor">The vendor.</param>
internal sealed record PlanPlaceView(string Route, string Connection, string Vendor);

/// <summary>Starts that go the same way.</summary>
/// <param name="From">Where they go today; null where they are refused today, or what is recorded does not say.</param>
/// <param name="To">Where they would go; null where what is recorded says only that nothing changes.</param>
/// <param name="Changes">What differs: route, connection, account, request, fallback; or accepted, where they are refused today. Empty where nothing does.</param>
/// <param name="Starts">How many.</param>
/// <param name="Examples">Up to three run ids.</param>
internal sealed record PlanFlowView(PlanPlaceView? From, PlanPlaceView? To, IReadOnlyList<string> Changes, long Starts, IReadOnlyList<string> Examples);

/// <summary>Starts that share a reason.</summary>
/// <param name="Code">The problem's code; where nobody can tell: input-not-kept, end-user-credential or caller-not-recorded.</param>
/// <param name="Detail">The words that a caller would get, without anything of its input.</param>
/// <param name="From">Where they go today; null where they are refused today, or nobody can tell.</param>
/// <param name="Starts">How many.</param>
/// <param name="AlsoBefore">How many of them are refused today as well.</param>
/// <param name="Examples">Up to three run ids.</param>
internal sealed record PlanReasonView(string Code, string Detail, PlanPlaceView? From, long Starts, long AlsoBefore, IReadOnlyList<string> Examples);

/// <summary>Something of a start that is lost on the new way.</summary>
/// <param name="Kind">drops: it reached the vendor and does not any more. lacks: the new route asks for it and the start has none. stand-in: a route stood in for another and would not any more.</param>
/// <param name="What">A JSON Pointer into the start (/input/name), the placeholder, or the name of the route.</param>
/// <param name="From">Where the starts go today.</param>
/// <param name="To">Where they would go.</param>
/// <param name="Starts">How many.</param>
/// <param name="Examples">Up to three run ids.</param>
internal sealed record PlanMappingView(string Kind, string What, PlanPlaceView From, PlanPlaceView To, long Starts, IReadOnlyList<string> Examples);

/// <summary>An operation that callers used on the runs of the replayed starts.</summary>
/// <param name="Operation">respond, data, pause, resume or stop. Reads, logs among them, are not recorded.</param>
/// <param name="Times">How often.</param>
/// <param name="Runs">On how many runs.</param>
/// <param name="Lacking">On how many runs whose start would now go to a vendor that has no such operation.</param>
/// <param name="Vendors">Those vendors.</param>
/// <param name="Examples">Up to three ids of such runs.</param>
internal sealed record PlanOperationView(string Operation, long Times, long Runs, long Lacking, IReadOnlyList<string> Vendors, IReadOnlyList<string> Examples);

/// <summary>Open runs of a workflow at a connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Vendor">The vendor.</param>
/// <param name="Runs">How many are open.</param>
/// <param name="After">serves: new starts go there too. drains: only these are left, and end there. stale: the connection is gone or reaches another account, nobody reads them any more.</param>
/// <param name="AlreadyStale">Whether they are stale today.</param>
/// <param name="Durations">How long such runs usually last; null where none has ended lately.</param>
internal sealed record PlanOpenRunsView(string Connection, string Vendor, long Runs, string After, bool AlreadyStale, DurationsView? Durations);

/// <summary>What changes about a connection.</summary>
/// <param name="Name">The connection.</param>
/// <param name="Vendor">The vendor, as it is after the change.</param>
/// <param name="Change">added, removed or changed.</param>
/// <param name="Members">Its members that are written otherwise. Never what is in them.</param>
/// <param name="AccountChanges">Whether the same name reaches another account: open runs stay with the old one and turn stale.</param>
/// <param name="OpenRuns">How many runs are open there.</param>
internal sealed record PlanConnectionView(string Name, string Vendor, string Change, IReadOnlyList<string> Members, bool AccountChanges, long OpenRuns);

/// <summary>What changes about a webhook of the configuration.</summary>
/// <param name="Name">The webhook.</param>
/// <param name="Change">added, removed or changed.</param>
internal sealed record PlanWebhookView(string Name, string Change);

/// <summary>Something that deserves a look.</summary>
/// <param name="Level">error: somebody loses something. warning: somebody may. info: about the plan itself.</param>
/// <param name="Code">What kind: runs-turn-stale, account-changes, operation-missing, mapping-drops, mapping-lacks, webhook-removed, fallback-lost, other-revision, not-all-replayed. More may come.</param>
/// <param name="Workflow">The workflow it is about; null where it is about none.</param>
/// <param name="Connection">The connection it is about; null where it is about none.</param>
/// <param name="Detail">For people.</param>
internal sealed record PlanWarningView(string Level, string Code, string? Workflow, string? Connection, string Detail);
