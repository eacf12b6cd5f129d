using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>What a mark of ours on a vendor's run means: the run that it names is bound to it, or it is an orphan. The same evidence for looks and for vendors' events.</summary>
internal sealed class MarkSettler(LedgerReader reader, Orphans orphans)
{
    /// <param name="connection">Where they were found.</param>
    /// <param name="marker">The mark that they bear.</param>
    /// <param name="found">The vendor's runs, bound to none of ours.</param>
    /// <param name="waits">Whether the run that the mark names may be bound now.</param>
    /// <param name="bind">Binds it; gives null where that could not be.</param>
    /// <returns>Those of which there is nothing more to find out.</returns>
    public async Task<IReadOnlyList<string>> SettleAsync(
        ConnectionRunner connection, RunMarker marker, IReadOnlyList<FoundRun> found, Func<RunRow, bool> waits, Func<RunRow, string, LostStart, Task<RunRow?>> bind)
    {
        // Of whatever tenant: who knows both ids of a start can only have them from it.
        var run = RunId.TryParse(marker.RunId, out var id) ? await reader.FindRunAsync(null, id) : null;
        // It bears another gateway's mark, or that of a run that was purged.
        if (run is null) return [.. found.Select(one => one.VendorRunId)];
        if (run.Connection != connection.Config.Name) return [];
        if (!run.Bound && run.Marker == marker && waits(run) && await reader.FindStartAsync(run.Id) is { } start)
        {
            var terms = new ReconcileTerms(AmbiguousStart.FindByMarker, connection.Config.Exclusive, Complete: false, DateTimeOffset.MinValue);
            if (ReconcileDecision.Of(marker, start, found, [start], terms) is ReconcileVerdict.Bind it) run = await bind(run, it.VendorRunId, start) ?? run;
        }

        var done = new List<string>();
        foreach (var one in found)
        {
            if (one.VendorRunId == run.VendorRunId) done.Add(one.VendorRunId);
            else if (ReconcileDecision.IsOrphan(one, marker, run))
            {
                await orphans.RecordAsync(run, one.VendorRunId);
                done.Add(one.VendorRunId);
            }
        }

        return done;
    }
}
