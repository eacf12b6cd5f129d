using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>What a start would do, nothing stored and nothing sent.</summary>
internal sealed record StartPreview(string Route, string Connection, string Revision, VendorRequest Request);

/// <summary>Starts runs: everything that can be refused is refused before anything is stored, the intent is durable before the first byte goes out.</summary>
internal sealed class RunStarter(
    RunnerRegistry runners, RunLedger ledger, LedgerReader reader, StartDispatcher dispatcher, Ids ids, TimeProvider time)
{
    /// <exception cref="RefusedException">Nothing was stored and no vendor called.</exception>
    /// <exception cref="StorageUnavailableException">Likewise.</exception>
    public async Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (await FindReplayAsync(request) is { } replay) return replay;
        var (run, start, connection, workflow) = Prepare(request);
        var trace = (connection.Runner as IStartTraces)?.TraceOf(start.Target);
        var kept = request.Input is { } input && workflow.StoreInput ? input.GetRawText() : null;
        var permit = await connection.EnterAsync(cancellationToken);
        try
        {
            var committedAt = time.GetTimestamp();
            if (await ledger.InsertAsync(run, request.Key, dispatcher.GivenUpAt(connection), request.VendorToken, kept, trace) != WriteResult.Applied)
                return await FindReplayAsync(request) ?? throw new InvalidOperationException($"{run.Id} was refused by the ledger.");
            var outcome = dispatcher.Dispatch(run, start, connection, permit, committedAt);
            permit = null;
            return new StartedRun(run, Replayed: false) { Outcome = outcome };
        }
        finally
        {
            permit?.Dispose();
        }
    }

    /// <exception cref="RefusedException">The start could not be made.</exception>
    public StartPreview Preview(StartRequest request)
    {
        var (run, start, connection, _) = Prepare(request);
        var preview = connection.Runner as IStartPreview
            ?? throw new RefusedException("capability-unsupported", $"{connection.Info.DisplayName} cannot show a start beforehand.");
        return new StartPreview(run.Route, run.Connection, run.Revision, preview.PreviewStart(start));
    }

    private async Task<StartedRun?> FindReplayAsync(StartRequest request)
    {
        if (request.Key is not { } key || await reader.FindKeyAsync(request.Caller.StoreTenant, key.Hash) is not { } known) return null;
        var run = await reader.FindRunAsync(request.Caller.StoreTenant, RunId.FromBytes(known.Target));
        if (!known.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint))
            throw new RefusedException("idempotency-key-reused", "This Idempotency-Key stands for another request. Use a new key for a new request.") { Run = run };
        return known.Retryable || run is null ? null : new StartedRun(run, Replayed: true);
    }

    private (RunRow Run, StartRun Start, ConnectionRunner Connection, Workflow Workflow) Prepare(StartRequest request)
    {
        // What is planned and who carries it out are of one configuration.
        var current = runners.Current;
        var id = ids.NextRun();
        var plan = StartPlanner.Plan(current.Catalog, new PlanRequest
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
        });
        var connection = current.Find(plan.Connection.Name)!;
        var run = new RunRow
        {
            Tenant = request.Caller.StoreTenant,
            Id = id,
            Workflow = plan.Workflow.Name,
            Status = RunStatus.Starting,
            Vendor = connection.Info.Vendor,
            Connection = plan.Connection.Name,
            ConnectionIdentity = plan.Connection.Identity,
            Subject = request.Subject,
            Attempt = ids.NextRandom(),
            Version = 1,
            Route = plan.Route.Name,
            Revision = current.Catalog.Revision,
            Labels = request.Labels,
            CorrelationId = request.CorrelationId,
            DryRun = request.DryRun,
            UpdatedAt = id.CreatedAt,
        };
        var start = new StartRun
        {
            Target = plan.Target,
            Input = plan.Input,
            Marker = run.Marker,
            DryRun = request.DryRun,
            Subject = run.EndUser(request.VendorToken),
        };
        StartCheck.Check(plan, start, request, connection);
        return (run, start, connection, plan.Workflow);
    }
}
