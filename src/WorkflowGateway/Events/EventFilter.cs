using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>Which events somebody wants: the filters of the run list, on the run as the event shows it. Absent members do not filter.</summary>
internal sealed record EventFilter
{
    public static readonly EventFilter Everything = new();

    public IReadOnlyList<RunStatus> Statuses { get; init; } = [];
    public IReadOnlyList<string> Workflows { get; init; } = [];
    public string? Vendor { get; init; }
    public string? Connection { get; init; }
    public string? CorrelationId { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];
    public DateTimeOffset? CreatedAfter { get; init; }
    public DateTimeOffset? CreatedBefore { get; init; }

    public static EventFilter Of(RunFilter filter) => new()
    {
        Statuses = filter.Statuses,
        Workflows = filter.Workflow is { } workflow ? [workflow] : [],
        Vendor = filter.Vendor,
        Connection = filter.Connection,
        CorrelationId = filter.CorrelationId,
        Labels = filter.Labels,
        CreatedAfter = filter.CreatedAfter,
        CreatedBefore = filter.CreatedBefore,
    };

    public bool IsEmpty => !LooksInside && CreatedAfter is null && CreatedBefore is null;

    public bool Matches(LoggedEvent one) => MatchesTime(one.Row.RunId) && (!LooksInside || MatchesFacets(one.Facets));

    private bool LooksInside =>
        Statuses.Count > 0 || Workflows.Count > 0 || Labels.Count > 0 || Vendor is not null || Connection is not null || CorrelationId is not null;

    // In whole milliseconds, as run ids have them, and with the bounds of the run list.
    private bool MatchesTime(RunId run) =>
        (CreatedAfter is not { } after || run.CreatedAt.ToUnixTimeMilliseconds() > after.ToUnixTimeMilliseconds()) &&
        (CreatedBefore is not { } before || run.CreatedAt.ToUnixTimeMilliseconds() < before.ToUnixTimeMilliseconds());

    private bool MatchesFacets(EventFacets run) =>
        (Statuses.Count == 0 || Statuses.Contains(run.Status)) &&
        (Workflows.Count == 0 || Workflows.Contains(run.Workflow)) &&
        (Vendor is null || Vendor == run.Vendor) &&
        (Connection is null || Connection == run.Connection) &&
        (CorrelationId is null || CorrelationId == run.CorrelationId) &&
        Labels.All(label => run.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
