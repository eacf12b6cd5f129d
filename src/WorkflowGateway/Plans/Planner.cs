using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Plans;

/// <summary>What to plan.</summary>
/// <param name="Tenant">Whose starts; null for all.</param>
/// <param name="Window">How far back.</param>
/// <param name="Workflows">Only these; null for all.</param>
internal sealed record PlanScope(string? Tenant, TimeSpan Window, IReadOnlyCollection<string>? Workflows)
{
    public bool Takes(string workflow) => Workflows?.Contains(workflow) ?? true;

    /// <summary>What is wrong with a name that neither configuration knows; null where all are known.</summary>
    public string? Mistake(CatalogSnapshot before, CatalogSnapshot after)
    {
        var known = before.Workflows.Values.Concat(after.Workflows.Values).Where(workflow => workflow.Serves(Tenant)).Select(workflow => workflow.Name).ToHashSet(StringComparer.Ordinal);
        return Workflows?.FirstOrDefault(name => !known.Contains(name)) is { } unknown ? $"Neither configuration has a workflow '{unknown}'. {Suggestion.For(unknown, known)}" : null;
    }

    public bool Shows(ConnectionConfig connection) => Tenant is null || connection.IsOf(Tenant);
}

/// <summary>Replays what the ledger has recorded over two configurations. Reads only.</summary>
internal sealed class Planner(LedgerReader reader, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The most starts that are replayed, the newest of them.</summary>
    public int MostReplayed { get; init; } = 10_000;

    // Starts and reads come first: a plan costs as much as thousands of them.
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>With a filter most of what is looked at may be of other workflows.</summary>
    private const int MostExamined = 100_000;

    private const int MostCounted = 1_000_000, PageSize = 200;

    /// <param name="before">The configuration in force.</param>
    /// <param name="after">The new one.</param>
    /// <param name="scope">What to plan.</param>
    /// <param name="seen">Told of each verdict; null where nobody asks.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    public async Task<PlanView> PlanAsync(CatalogSnapshot before, CatalogSnapshot after, PlanScope scope, Action<Verdict>? seen, CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(Patience, cancellationToken))
            throw new RefusedException("rate-limited", "Another plan is being made; one is made at a time.") { RetryAfter = Patience };
        try
        {
            return await ReplayAsync(before, after, scope, seen, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<PlanView> ReplayAsync(CatalogSnapshot before, CatalogSnapshot after, PlanScope scope, Action<Verdict>? seen, CancellationToken cancellationToken)
    {
        var now = time.Now();
        using PlanSide old = new(before, time), next = new(after, time);
        var replay = new StartReplay(old, next);
        var tallies = new Dictionary<string, StartTally>(StringComparer.Ordinal);
        var (from, to) = (RunId.FirstAt(now - scope.Window), RunId.FirstAt(now.AddMilliseconds(1)));
        var (replayed, examined) = (0, 0);
        while (replayed < MostReplayed && examined < MostExamined)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var limit = Math.Min(PageSize, MostReplayed - replayed);
            var page = await reader.ReadStartsAsync(scope.Tenant, from, to, limit, scope.Takes, Take);
            examined += page.Examined;
            to = page.Last ?? from;
            if (page.Examined < limit) break;
        }

        var left = await reader.CountStartsAsync(scope.Tenant, from, to, MostCounted, scope.Takes);
        var open = (await reader.CountOpenAsync(scope.Tenant)).Where(row => scope.Takes(row.Workflow)).ToList();
        return await new PlanReport(reader, scope, old, next, tallies, open).MakeAsync(now, replayed, left);

        void Take(RecordedStart start)
        {
            replayed++;
            if (!tallies.TryGetValue(start.Workflow, out var tally)) tallies[start.Workflow] = tally = new StartTally(next, start.Workflow);
            var verdict = replay.Judge(start);
            tally.Add(verdict);
            seen?.Invoke(verdict);
        }
    }
}
