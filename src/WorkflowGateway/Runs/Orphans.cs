using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>Keeps what turned up at a vendor too late: a run with our mark that is nobody's. Never bound; people decide what becomes of it.</summary>
internal sealed partial class Orphans(LedgerWriter writer, TimeProvider time, ILogger<Orphans> log)
{
    /// <param name="run">The run whose mark it bears, as it is now.</param>
    /// <param name="vendorRunId">The vendor's run.</param>
    /// <returns>Whether that is news.</returns>
    public async Task<bool> RecordAsync(RunRow run, string vendorRunId)
    {
        var change = new LedgerChange { Order = run.Id.ToBytes() };
        change.Guards.Add(OrphanTable.Insert(run, vendorRunId, time.Now()));
        // Refused: it is known already, and was told.
        if (await writer.WriteAsync(change) != WriteResult.Applied) return false;
        LogOrphan(log, run.Connection, vendorRunId, run.Id, RunViewWords.Of(run.Status));
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Connection} has a run {VendorRunId} that was started for {RunId}, which is {Status} and not bound to it: an orphan, which may have to be stopped there")]
    private static partial void LogOrphan(ILogger log, string connection, string vendorRunId, RunId runId, string status);
}
