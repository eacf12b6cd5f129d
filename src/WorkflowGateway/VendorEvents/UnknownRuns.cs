using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;

namespace WorkflowGateway.VendorEvents;

/// <summary>
/// Looks at runs that vendors' events named and nobody knew: one read, and a match of the mark, which may bind a run that waits for it. One at a time
/// for each connection, and never more than a fifth of what it may be called: whoever shares the account has runs there too, and each sends events.
/// </summary>
internal sealed partial class UnknownRuns(
    VendorEventInboxes inboxes, RunnerRegistry runners, LedgerReader reader, RunLedger ledger, MarkSettler marks, ReconcileBinder binder, TimeProvider time, ILogger<UnknownRuns> log) : BackgroundService
{
    private const int Share = 5;

    /// <summary>The answer to its start is mostly on the way: then there is nothing to look for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => ConnectionLoops.RunAsync(runners, VendorEventInboxes.Takes, RunAsync, stoppingToken);

    private async Task RunAsync(string name, CancellationToken stoppingToken)
    {
        if (inboxes.Find(name) is not { } inbox) return;
        var memory = new ReconcileMemory();
        try
        {
            await foreach (var run in inbox.AskedAsync(stoppingToken))
            {
                if (Grace - time.GetElapsedTime(run.HeardAt) is { Ticks: > 0 } early) await Task.Delay(early, time, stoppingToken);
                var began = time.GetTimestamp();
                if (!await TryAsync(inbox, run.VendorRunId, memory, stoppingToken)) continue;
                var rest = time.GetElapsedTime(began) * (Share - 1);
                if (inbox.Connection.Limits.Rate is { Share: > 0 } rate && TimeSpan.FromSeconds(Share / rate.Share) is var least && least > rest) rest = least;
                await Task.Delay(rest, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Lost starts are looked for anyway.
        }
    }

    /// <returns>Whether the vendor was called.</returns>
    private async Task<bool> TryAsync(VendorEventInbox inbox, string vendorRunId, ReconcileMemory memory, CancellationToken stoppingToken)
    {
        try
        {
            return await LookAsync(inbox, vendorRunId, memory, stoppingToken);
        }
        catch (RunnerException missing) when (missing.Error.Kind == RunnerErrorKind.NotFound)
        {
            inbox.Counts.Add(VendorEventOutcome.UnknownRun);
        }
        catch (Exception exception) when (exception is NoRoomException or RunnerException or StorageUnavailableException)
        {
            inbox.Counts.Add(VendorEventOutcome.Dropped);
            LogDropped(log, vendorRunId, inbox.Name, exception.Message);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            inbox.Counts.Add(VendorEventOutcome.Dropped);
            LogFailed(log, vendorRunId, inbox.Name, exception);
        }

        return true;
    }

    private async Task<bool> LookAsync(VendorEventInbox inbox, string vendorRunId, ReconcileMemory memory, CancellationToken cancellationToken)
    {
        var connection = inbox.Connection;
        if (await reader.FindBoundRunAsync(inbox.Name, vendorRunId) is { } bound)
        {
            ledger.HintByEvent(bound, time.Now());
            return false;
        }

        if (memory.Find(vendorRunId) is { Count: 0 } || !Reconciler.CanLook(connection) || connection.Info.AmbiguousStart != AmbiguousStart.FindByMarker ||
            (await reader.FindBoundAsync(connection.Info.Vendor, [vendorRunId])).Count > 0)
        {
            inbox.Counts.Add(VendorEventOutcome.UnknownRun);
            return false;
        }

        var seen = await new ReconcileList(connection, time).CallAsync((runner, token) => runner.GetAsync(new RunRef(vendorRunId, null, null), token), cancellationToken);
        if (!await SettleAsync(inbox, vendorRunId, seen, memory)) inbox.Counts.Add(VendorEventOutcome.UnknownRun);
        return true;
    }

    /// <returns>Whether it is the run of one of ours now.</returns>
    private async Task<bool> SettleAsync(VendorEventInbox inbox, string vendorRunId, RunSnapshot seen, ReconcileMemory memory)
    {
        // Not shown is not proven; without a mark it is somebody else's for good.
        if (seen.ShowsMarkers && seen.Markers.Count == 0) memory.Settle(vendorRunId);
        if (!seen.ShowsMarkers || seen.Markers.Count == 0) return false;
        var bound = false;
        var found = new FoundRun(vendorRunId, seen.CreatedAt, seen.NativeStatus, seen.Markers);
        // Also one whose start is still under way: its answer may take as long as a turn of a language model.
        var done = await marks.SettleAsync(inbox.Connection, seen.Markers[0], [found], run => run.Status is RunStatus.Unknown or RunStatus.Starting, async (run, id, start) =>
        {
            var after = await binder.BindAsync(run, id, seen, start, inbox.Connection, "vendor-event");
            bound = after is not null;
            return after;
        });
        foreach (var id in done) memory.Settle(id);
        return bound;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The vendor's run {VendorRunId}, of which {Connection} sent an event, was not looked at: {Reason}")]
    private static partial void LogDropped(ILogger log, string vendorRunId, string connection, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking at the vendor's run {VendorRunId}, of which {Connection} sent an event, failed")]
    private static partial void LogFailed(ILogger log, string vendorRunId, string connection, Exception exception);
}
