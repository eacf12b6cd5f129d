using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>A start as it would be made now.</summary>
/// <param name="Wanted">What was asked for.</param>
/// <param name="Plan">The route that it takes, and what is sent there.</param>
/// <param name="Start">The start over that route.</param>
/// <param name="Fallbacks">The routes that may stand in for it, with why they cannot.</param>
/// <param name="Current">The configuration, with those who carry it out.</param>
internal sealed record PreparedStart(PlanRequest Wanted, PlannedStart Plan, RoutedStart Start, IReadOnlyList<FallbackVerdict> Fallbacks, RunnerSet Current);

/// <summary>Works out what a start would do, all from one snapshot. Nothing is stored and nothing sent.</summary>
internal sealed class StartPreparation(RunnerRegistry runners, Ids ids)
{
    /// <exception cref="RefusedException">The start could not be made.</exception>
    public PreparedStart Prepare(StartRequest request)
    {
        // What is planned and who carries it out are of one configuration.
        var current = runners.Current;
        var id = ids.NextRun();
        var wanted = Wanted(request, id);
        var plan = StartPlanner.Plan(current.Catalog, wanted);
        var run = Run(request, id, plan, current.Catalog.Revision);
        var connection = current.Find(plan.Connection.Name)!;
        var start = Start(run, plan, request);
        StartCheck.Check(plan, start, request.Key is not null, request.VendorToken is not null, connection.Runner);
        var verdicts = FallbackPlanner.Judge(current.Catalog, wanted, plan).Select(verdict => Checked(verdict, run, request, current)).ToList();
        var fallbacks = verdicts.Select(verdict => verdict.Plan).OfType<PlannedStart>().Select(stand => FallbackStart.Of(stand, wanted.Tenant)).ToList();
        return new PreparedStart(wanted, plan, new RoutedStart(run, start, connection, fallbacks), verdicts, current);
    }

    /// <summary>What the vendor would get.</summary>
    /// <exception cref="RefusedException">The adapter cannot say.</exception>
    public static VendorRequest Show(StartRun start, ConnectionRunner connection) =>
        (connection.Runner as IStartPreview ?? throw new RefusedException("capability-unsupported", $"{connection.Info.DisplayName} cannot show a start beforehand.")).PreviewStart(start);

    public static PlanRequest Wanted(StartRequest request, RunId id) => new()
    {
        Workflow = request.Workflow,
        Input = request.Input,
        Labels = request.Labels,
        Tenant = request.Caller.Tenant,
        Subject = request.Subject,
        CorrelationId = request.CorrelationId,
        RunId = id.ToString(),
        Connection = request.Connection,
        DryRun = request.DryRun,
        StickyKey = request.Key?.Hash ?? id.ToBytes(),
    };

    private static FallbackVerdict Checked(FallbackVerdict verdict, RunRow run, StartRequest request, RunnerSet current)
    {
        if (verdict.Plan is not { } plan) return verdict;
        try
        {
            StartCheck.Check(plan, Start(run, plan, request), request.Key is not null, request.VendorToken is not null, current.Find(plan.Connection.Name)!.Runner);
            return verdict;
        }
        catch (RefusedException refused)
        {
            return verdict with { Plan = null, Reason = refused.Message };
        }
    }

    private RunRow Run(StartRequest request, RunId id, PlannedStart plan, string revision) => new()
    {
        Tenant = request.Caller.StoreTenant,
        Id = id,
        Workflow = plan.Workflow.Name,
        Status = RunStatus.Starting,
        Vendor = plan.Connection.VendorName,
        Connection = plan.Connection.Name,
        ConnectionIdentity = plan.Connection.Identity,
        Subject = request.Subject,
        Attempt = ids.NextRandom(),
        Version = 1,
        Route = plan.Route.Name,
        Revision = revision,
        Labels = request.Labels,
        CorrelationId = request.CorrelationId,
        Trace = Telemetry.Tracing.Current(),
        DryRun = request.DryRun,
        Asked = new StartAsked
        {
            AllTenants = request.Caller.Tenant is null,
            Connection = request.Connection,
            Input = request.Input is null ? AskedInput.Absent : plan.Workflow.StoreInput ? AskedInput.Kept : AskedInput.Dropped,
            VendorToken = request.VendorToken is not null,
        },
        UpdatedAt = id.CreatedAt,
    };

    private static StartRun Start(RunRow run, PlannedStart plan, StartRequest request) => new()
    {
        Target = plan.Target,
        Input = plan.Input,
        Marker = run.Marker,
        DryRun = request.DryRun,
        // The end user's token is for the vendor that asks for it, and for nobody else.
        Subject = run.EndUser(plan.Connection.CallerCredential ? request.VendorToken : null),
    };
}
