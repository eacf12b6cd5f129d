using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>What a start would do, nothing stored and nothing sent.</summary>
internal sealed record StartPreview(string Route, string Connection, string Revision, VendorRequest Request);

/// <summary>Starts runs: everything that can be refused is refused before anything is stored, the intent is durable before the first byte goes out.</summary>
internal sealed class RunStarter(
    StartPreparation preparation, StartFallback fallback, RunLedger ledger, LedgerReader reader, StartDispatcher dispatcher, TimeProvider time)
{
    /// <exception cref="RefusedException">Nothing was stored and no vendor called.</exception>
    /// <exception cref="StorageUnavailableException">Likewise.</exception>
    public async Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (await FindReplayAsync(request) is { } replay) return replay;
        var prepared = preparation.Prepare(request);
        var kept = request.Input is { } input && prepared.Plan.Workflow.StoreInput ? input.GetRawText() : null;
        var (start, permit) = await fallback.EnterAsync(prepared.Start, cancellationToken);
        try
        {
            var (run, connection) = (start.Run, start.Connection);
            var trace = (connection.Runner as IStartTraces)?.TraceOf(start.Start.Target);
            var committedAt = time.GetTimestamp();
            if (await ledger.InsertAsync(run, request.Key, dispatcher.GivenUpAt(connection), start.Start.Subject?.Token, kept, trace, request.Caller) != WriteResult.Applied)
                return await FindReplayAsync(request) ?? throw new InvalidOperationException($"{run.Id} was refused by the ledger.");
            var outcome = dispatcher.Dispatch(start, permit, committedAt);
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
        var (run, start, connection, _) = preparation.Prepare(request).Start;
        return new StartPreview(run.Route, run.Connection, run.Revision, StartPreparation.Show(start, connection));
    }

    private async Task<StartedRun?> FindReplayAsync(StartRequest request)
    {
        if (request.Key is not { } key || await reader.FindKeyAsync(request.Caller.StoreTenant, key.Hash) is not { } known) return null;
        var run = await reader.FindRunAsync(request.Caller.StoreTenant, RunId.FromBytes(known.Target));
        if (!known.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint))
            throw new RefusedException("idempotency-key-reused", "This Idempotency-Key stands for another request. Use a new key for a new request.") { Run = request.Caller.Reads(run?.Workflow) ? run : null };
        return known.Retryable || run is null ? null : new StartedRun(run, Replayed: true);
    }
}
