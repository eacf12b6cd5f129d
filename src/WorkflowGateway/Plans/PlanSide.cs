using System.Text.Json;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

using Route = WorkflowGateway.Catalog.Route;

namespace WorkflowGateway.Plans;

/// <summary>What a start comes to under a configuration: a request to a vendor, or a refusal.</summary>
/// <param name="Wanted">The start.</param>
/// <param name="Route">Where it goes; null where it is refused.</param>
/// <param name="Connection">Over which connection.</param>
/// <param name="Request">What the vendor gets.</param>
/// <param name="Refusal">Why it is refused; null where it is not.</param>
internal sealed record Outcome(PlanRequest Wanted, Route? Route, ConnectionConfig? Connection, VendorRequest? Request, RefusedException? Refusal)
{
    /// <summary>Who stands in, in order, where certainly nothing is started there.</summary>
    public IReadOnlyList<PlannedStart> StandIns { get; init; } = [];

    /// <summary>Whether it comes to this account, first or by a route that stands in.</summary>
    public bool Reaches(ConnectionConfig account) => StandIns.Select(plan => plan.Connection).Append(Connection!).Any(one => one.Name == account.Name && one.Identity == account.Identity);
}

/// <summary>A configuration under which starts are made again, by the very code that makes them, without sending anything.</summary>
internal sealed class PlanSide(CatalogSnapshot catalog, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, IWorkflowRunner> _runners = new(StringComparer.Ordinal);

    public CatalogSnapshot Catalog => catalog;

    /// <param name="start">The start.</param>
    /// <param name="tenant">Its caller's tenant; null for one that saw all.</param>
    /// <param name="input">Its input.</param>
    /// <param name="vendorToken">Whether the end user's token came with it.</param>
    public Outcome Replay(RecordedStart start, string? tenant, JsonElement? input, bool vendorToken)
    {
        var wanted = new PlanRequest
        {
            Workflow = start.Workflow,
            Input = input,
            Labels = start.Labels,
            Tenant = tenant,
            Subject = start.Subject,
            CorrelationId = start.CorrelationId,
            RunId = start.Id.ToString(),
            Connection = start.Asked?.Connection,
            DryRun = start.DryRun,
            StickyKey = start.KeyHash ?? start.Id.ToBytes(),
        };
        try
        {
            var plan = StartPlanner.Plan(catalog, wanted);
            var runner = RunnerOf(plan.Connection);
            var sent = Sent(plan, start);
            StartCheck.Check(plan, sent, start.KeyHash is not null, vendorToken, runner);
            return new Outcome(wanted, plan.Route, plan.Connection, (runner as IStartPreview)?.PreviewStart(sent), null)
            {
                StandIns = [.. FallbackPlanner.Judge(catalog, wanted, plan).Select(verdict => verdict.Plan).OfType<PlannedStart>().Where(standIn => Passes(standIn, start, vendorToken))],
            };
        }
        catch (RefusedException refusal)
        {
            return new Outcome(wanted, null, null, null, refusal);
        }
    }

    private bool Passes(PlannedStart plan, RecordedStart start, bool vendorToken)
    {
        try
        {
            StartCheck.Check(plan, Sent(plan, start), start.KeyHash is not null, vendorToken, RunnerOf(plan.Connection));
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private static StartRun Sent(PlannedStart plan, RecordedStart start) => new()
    {
        Target = plan.Target,
        Input = plan.Input,
        Marker = new RunMarker(start.Id.ToString(), start.Attempt.ToString("N")),
        DryRun = start.DryRun,
        Subject = start.Subject is null ? null : new Subject(start.Subject, null),
    };

    /// <summary>The vendors that the routes of a workflow which are in use go to.</summary>
    public IEnumerable<ConnectionConfig> ConnectionsOf(string workflow)
    {
        if (!catalog.Workflows.TryGetValue(workflow, out var found)) return [];
        var able = found.Routes.Where(route => route.Enabled && catalog.Connections[route.Connection].Enabled).ToList();
        var drawn = able.Where(route => route.Weight > 0).ToList();
        // A route without weight takes only what one that is drawn hands on to it.
        return drawn.Union(able.Where(route => drawn.Exists(first => first.Fallback.Contains(route.Name)))).Select(route => catalog.Connections[route.Connection]).Distinct();
    }

    public void Dispose()
    {
        foreach (var runner in _runners.Values) (runner as IDisposable)?.Dispose();
    }

    private IWorkflowRunner RunnerOf(ConnectionConfig connection)
    {
        if (!_runners.TryGetValue(connection.Name, out var runner))
            _runners[connection.Name] = runner = connection.Adapter.Connect(connection.Vendor, time);
        return runner;
    }
}
