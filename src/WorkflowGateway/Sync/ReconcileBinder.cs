using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Writes down what a look for lost starts proved, or what it found for people to decide.</summary>
internal sealed partial class ReconcileBinder(RunLedger ledger, LedgerReader reader, TimeProvider time, ILogger<ReconcileBinder> log)
{
    private const int MaxCandidates = 20;

    /// <summary>The run, bound; null where that could not be.</summary>
    public async Task<RunRow?> BindAsync(RunRow run, string vendorRunId, LostStart start, ConnectionRunner connection, ReconcileList list, CancellationToken cancellationToken)
    {
        // A row of a list may lag and lack: bound is what is read now.
        var seen = await list.CallAsync((runner, token) => runner.GetAsync(new RunRef(vendorRunId, null, null), token), cancellationToken);
        return await BindAsync(run, vendorRunId, seen, start, connection, "reconcile");
    }

    /// <param name="run">The run, not bound.</param>
    /// <param name="vendorRunId">The vendor's run that is proven to be it.</param>
    /// <param name="seen">That run as it was just read.</param>
    /// <param name="start">What was sent of it.</param>
    /// <param name="connection">Where.</param>
    /// <param name="cause">reconcile or vendor-event.</param>
    public async Task<RunRow?> BindAsync(RunRow run, string vendorRunId, RunSnapshot seen, LostStart start, ConnectionRunner connection, string cause)
    {
        if (start.Target is { } target && !((IStartTraces)connection.Runner).CanBe(seen, JsonElement.Parse(target))) return null;
        var now = time.Now();
        var reference = new RunRef(vendorRunId, seen.Run?.Version, null);
        if (Observation.Apply(run with { VendorVersion = null }, seen with { Run = reference }, cause, now) is not { } after) return null;
        var written = await ledger.UpdateAsync(run, after, cause, (WorkKind.Poll, after.StopRequested ? now : ledger.SoonAfter(after)), null, ledger.Body(after, BodyKind.Native, seen.Native.GetRawText()));
        if (written == WriteResult.Applied)
        {
            LogBound(log, run.Id, vendorRunId, RunViewWords.Of(after.Status));
            return after;
        }

        if (written == WriteResult.Conflict) await ConflictAsync(run, vendorRunId, cause, now);
        return null;
    }

    /// <summary>Keeps what may be the run with the evidence, where that is news.</summary>
    public async Task ShowAsync(RunRow run, LostStart start, ReconcileVerdict.Candidates found)
    {
        var text = await reader.FindBodyAsync(run, BodyKind.Evidence);
        var known = StartEvidence.Of(text) ?? StartEvidence.Of(run, start);
        var shown = known with
        {
            Why = found.Why,
            Candidates = [.. found.Runs.OrderBy(one => one.CreatedAt).ThenBy(one => one.VendorRunId, StringComparer.Ordinal).Take(MaxCandidates)
                .Select(one => new CandidateRun(one.VendorRunId, one.CreatedAt, Storable.Word(one.NativeStatus)))],
        };
        if (shown.ToText() == text) return;
        LogCandidates(log, run.Id, found.Runs.Count, found.Why);
        await ledger.WriteAsync(run, ledger.Body(run, BodyKind.Evidence, shown.ToText()));
    }

    private async Task ConflictAsync(RunRow run, string vendorRunId, string cause, DateTimeOffset now)
    {
        LogConflict(log, run.Id, vendorRunId);
        if (StartDecision.Unknown(run, StartDecision.ConflictingBinding, $"The vendor's run {vendorRunId} is its, and is another run's already.", now) is { } conflict)
            await ledger.UpdateAsync(run, conflict, cause, (WorkKind.Reconcile, ledger.SoonAfter(conflict)));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{RunId} was found: it is the vendor's {VendorRunId}, {Status}")]
    private static partial void LogBound(ILogger log, RunId runId, string vendorRunId, string status);

    [LoggerMessage(Level = LogLevel.Information, Message = "{RunId} may be one of {Count} runs of the vendor: {Why}")]
    private static partial void LogCandidates(ILogger log, RunId runId, int count, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{RunId} is the vendor's {VendorRunId}, which is bound to another run")]
    private static partial void LogConflict(ILogger log, RunId runId, string vendorRunId);
}
