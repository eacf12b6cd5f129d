using System.Text.Json;
using Microsoft.Extensions.Options;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>A lost start and its run, not bound.</summary>
internal sealed record SoughtStart(LostStart Start, RunRow Run);

/// <param name="Error">Why the vendor could not be asked; null where it was.</param>
/// <param name="Again">Whether it is to be gone on with soon.</param>
internal sealed record LookResult(string? Error, bool Again);

/// <summary>One look at the list in which the runs of lost starts would stand: what it proves is bound, what it does not prove is shown to people.</summary>
internal sealed partial class ReconcileLook(
    LedgerReader reader, ReconcileBinder binder, MarkSettler marks, TimeProvider time, IOptions<RetentionOptions> retention, ILogger<ReconcileLook> log)
{
    private const int MaxClaimants = 1000;
    private readonly TimeSpan _kept = retention.Value.RunsFor;

    /// <param name="connection">The connection.</param>
    /// <param name="memory">What earlier looks saw of it.</param>
    /// <param name="sought">Starts of one scope, sent within a day.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<LookResult> LookAsync(ConnectionRunner connection, ReconcileMemory memory, IReadOnlyList<SoughtStart> sought, CancellationToken cancellationToken)
    {
        var list = new ReconcileList(connection, time);
        try
        {
            if (connection.Info.AmbiguousStart == AmbiguousStart.FindByMarker) await ByMarkerAsync(connection, memory, sought, list, cancellationToken);
            else await OnlyCandidateAsync(connection, memory, sought, list, cancellationToken);
        }
        catch (NoRoomException)
        {
            return new LookResult(null, Again: true);
        }
        catch (RunnerException exception)
        {
            return new LookResult(exception.Error.Message, Again: false);
        }

        if (list.Failure is { } failure) LogFailed(log, connection.Config.Name, failure.Kind, failure.VendorStatus);
        return new LookResult(list.Failure?.Message, Again: list is { Complete: false, Failure: null });
    }

    private async Task ByMarkerAsync(ConnectionRunner connection, ReconcileMemory memory, IReadOnlyList<SoughtStart> sought, ReconcileList list, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FoundRun>(StringComparer.Ordinal);
        try
        {
            await foreach (var rows in list.PagesAsync([.. sought.Select(one => one.Start)], cancellationToken))
                foreach (var run in await UnboundAsync(connection, memory, rows))
                    if (await MarkedAsync(run, memory, list, cancellationToken) is { Markers.Count: > 0 } marked) found[run.VendorRunId] = marked;
        }
        finally
        {
            // What was seen before the list broke off is proof all the same.
            foreach (var marker in found.Values.Select(run => run.Markers![0]).Distinct())
                await SettleAsync(connection, memory, marker, [.. found.Values.Where(run => run.Markers![0] == marker)], list, cancellationToken);
        }
    }

    private async Task SettleAsync(
        ConnectionRunner connection, ReconcileMemory memory, RunMarker marker, IReadOnlyList<FoundRun> found, ReconcileList list, CancellationToken cancellationToken)
    {
        var done = await marks.SettleAsync(connection, marker, found, run => run.Status == RunStatus.Unknown,
            (run, vendorRunId, start) => binder.BindAsync(run, vendorRunId, start, connection, list, cancellationToken));
        foreach (var id in done) memory.Settle(id);
    }

    private async Task OnlyCandidateAsync(ConnectionRunner connection, ReconcileMemory memory, IReadOnlyList<SoughtStart> sought, ReconcileList list, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, RunSnapshot>(StringComparer.Ordinal);
        await foreach (var page in list.PagesAsync([.. sought.Select(one => one.Start)], cancellationToken))
            foreach (var row in page) rows[row.Run!.VendorRunId] = row;
        // After the list, in this order: whoever sent a start that stands in it is a claimant by now, or bound.
        var claimants = await reader.ListClaimantsAsync(sought[0].Start.Scope!, MaxClaimants);
        var unbound = (await UnboundAsync(connection, memory, [.. rows.Values])).Select(run => rows[run.VendorRunId]).ToList();
        var terms = new ReconcileTerms(
            AmbiguousStart.OnlyCandidate, connection.Config.Exclusive, list.Complete && claimants.Count < MaxClaimants, time.Now() - _kept);
        var traces = (IStartTraces)connection.Runner;
        foreach (var (start, run) in sought.Where(one => one.Run.Status == RunStatus.Unknown && one.Start.Target is not null))
        {
            var target = JsonElement.Parse(start.Target!);
            var can = unbound.Where(row => traces.CanBe(row, target)).Select(Found).ToList();
            switch (ReconcileDecision.Of(run.Marker, start, can, claimants, terms))
            {
                case ReconcileVerdict.Bind it:
                    await binder.BindAsync(run, it.VendorRunId, start, connection, list, cancellationToken);
                    break;
                case ReconcileVerdict.Candidates them:
                    await binder.ShowAsync(run, start, them);
                    break;
            }
        }
    }

    private async Task<List<FoundRun>> UnboundAsync(ConnectionRunner connection, ReconcileMemory memory, IReadOnlyList<RunSnapshot> rows)
    {
        var open = rows.Where(row => row.Run is not null && memory.Find(row.Run.VendorRunId) is not { Count: 0 }).Select(Found).ToList();
        if (open.Count == 0) return open;
        var bound = await reader.FindBoundAsync(connection.Info.Vendor, [.. open.Select(run => run.VendorRunId)]);
        foreach (var id in bound) memory.Settle(id);
        open.RemoveAll(run => bound.Contains(run.VendorRunId));
        return open;
    }

    /// <summary>The run with its marks, read once; null while the vendor does not show what it was given: that proves nothing.</summary>
    private static async Task<FoundRun?> MarkedAsync(FoundRun run, ReconcileMemory memory, ReconcileList list, CancellationToken cancellationToken)
    {
        if (memory.Find(run.VendorRunId) is { } known) return run with { Markers = known };
        if (list.TimeIsUp) return null;
        try
        {
            var seen = await list.CallAsync((runner, token) => runner.GetAsync(new RunRef(run.VendorRunId, null, null), token), cancellationToken);
            if (!seen.ShowsMarkers) return null;
            memory.Keep(run.VendorRunId, seen.Markers);
            return run with { Markers = seen.Markers };
        }
        catch (RunnerException exception) when (exception.Error.Kind == RunnerErrorKind.NotFound)
        {
            // Taken away between list and read.
            return null;
        }
    }

    private static FoundRun Found(RunSnapshot row) => new(row.Run!.VendorRunId, row.CreatedAt, row.NativeStatus, null);

    [LoggerMessage(Level = LogLevel.Information, Message = "The runs of {Connection} could not be listed: {Kind}, the vendor said {VendorStatus}")]
    private static partial void LogFailed(ILogger log, string connection, RunnerErrorKind kind, int? vendorStatus);
}
