using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>Which events somebody wants.</summary>
/// <param name="Runs">The filters of the run list, on the run as the event shows it. The tenant is not looked at: whose events they are is decided where they are read.</param>
internal sealed record EventFilter(RunFilter Runs)
{
    public static readonly EventFilter Everything = new(new RunFilter());

    /// <summary>Any of these workflows; empty for all.</summary>
    public IReadOnlyList<string> Workflows { get; init; } = [];

    public bool IsEmpty => !LooksInside && Runs.CreatedAfter is null && Runs.CreatedBefore is null;

    public bool Matches(LoggedEvent one) => MatchesTime(one.Row.RunId) && (!LooksInside || MatchesFacets(one.Facets));

    private bool LooksInside =>
        Runs.Among is not null || Runs.Statuses.Count > 0 || Runs.Labels.Count > 0 || Workflows.Count > 0 || Runs.Workflow is not null || Runs.Vendor is not null || Runs.Connection is not null || Runs.CorrelationId is not null;

    // In whole milliseconds, as run ids have them, and with the bounds of the run list.
    private bool MatchesTime(RunId run) =>
        (Runs.CreatedAfter is not { } after || run.CreatedAt.ToUnixTimeMilliseconds() > after.ToUnixTimeMilliseconds()) &&
        (Runs.CreatedBefore is not { } before || run.CreatedAt.ToUnixTimeMilliseconds() < before.ToUnixTimeMilliseconds());

    private bool MatchesFacets(EventFacets run) =>
        (Runs.Statuses.Count == 0 || Runs.Statuses.Contains(run.Status)) &&
        (Runs.Among is null || (run.Workflow is { } workflow && Runs.Among.Contains(workflow))) &&
        (Workflows.Count == 0 || Workflows.Contains(run.Workflow)) &&
        (Runs.Workflow is null || Runs.Workflow == run.Workflow) &&
        (Runs.Vendor is null || Runs.Vendor == run.Vendor) &&
        (Runs.Connection is null || Runs.Connection == run.Connection) &&
        (Runs.CorrelationId is null || Runs.CorrelationId == run.CorrelationId) &&
        Runs.Labels.All(label => run.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
