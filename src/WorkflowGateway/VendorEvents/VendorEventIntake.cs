using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.VendorEvents;

/// <summary>
/// Takes a vendor's webhook: who did not sign it costs no look at the store; who did has its run read, by the same loop and within the same budget as any
/// read. What it says of the run is not even looked at.
/// </summary>
internal sealed partial class VendorEventIntake(LedgerWriter writer, LedgerReader reader, RunLedger ledger, TimeProvider time, ILogger<VendorEventIntake> log)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private long _toldOfForged = long.MinValue;

    /// <exception cref="RefusedException">Nobody who knows a secret sent it.</exception>
    public async Task TakeAsync(VendorEventInbox inbox, VendorEventDelivery delivery)
    {
        inbox.Counts.Add(VendorEventOutcome.Received);
        switch (inbox.Read(delivery, await inbox.Secrets.ReadAsync()))
        {
            case VendorEventReading.Forged forged:
                inbox.Counts.Add(VendorEventOutcome.Forged);
                TellOfForged(inbox, forged.Word);
                throw new RefusedException("unauthenticated", $"This was not signed with a secret of the connection ({forged.Word}).");
            // Addresses are made of the id, and an adapter may be wrong.
            case VendorEventReading.Event told when inbox.Connection.Info.IsRunId(told.VendorRunId):
                inbox.Counts.Add(VendorEventOutcome.Verified);
                await FollowAsync(inbox, told);
                break;
            case var other:
                // It is really the vendor's. Refused it would only be sent again, and could be read no better.
                inbox.Counts.Add(VendorEventOutcome.Verified);
                inbox.Counts.Add(VendorEventOutcome.Ignored);
                LogIgnored(log, inbox.Name, other is VendorEventReading.Nothing nothing ? nothing.Word : "no-run-id");
                break;
        }
    }

    private async Task FollowAsync(VendorEventInbox inbox, VendorEventReading.Event told)
    {
        var now = time.Now();
        var run = await reader.FindBoundRunAsync(inbox.Name, told.VendorRunId);
        // In one commit: what was taken is followed, also after a crash, and of replicas that get the same one has it read.
        var change = new LedgerChange { Order = run?.ToBytes() ?? [] };
        change.Guards.Add(VendorEventTable.Insert(inbox.Name, told.Id, now));
        if (run is { } known) change.Consequences.Add(WorkTable.HintByEvent(known, now));
        if (await writer.WriteAsync(change) != WriteResult.Applied)
        {
            inbox.Counts.Add(VendorEventOutcome.Duplicate);
            return;
        }

        LogTaken(log, inbox.Name, told.Kind, told.VendorRunId);
        if (run is not null) return;
        // The answer to its start may have come in between, and may be older than the event.
        if (await TryFindAsync(inbox, told.VendorRunId) is { } bound) ledger.HintByEvent(bound, now);
        else inbox.Ask(told.VendorRunId);
    }

    // It was taken: refused now it would come again, and be a duplicate.
    private async Task<RunId?> TryFindAsync(VendorEventInbox inbox, string vendorRunId)
    {
        try
        {
            return await reader.FindBoundRunAsync(inbox.Name, vendorRunId);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    // Anybody can send them: a line a minute, the counts say how many there were.
    private void TellOfForged(VendorEventInbox inbox, string word)
    {
        var last = Interlocked.Read(ref _toldOfForged);
        if (last != long.MinValue && time.GetElapsedTime(last) < Quiet) return;
        if (Interlocked.CompareExchange(ref _toldOfForged, time.GetTimestamp(), last) == last) LogForged(log, inbox.Name, word);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A webhook for {Connection} was not signed with its secret: {Word}")]
    private static partial void LogForged(ILogger log, string connection, string word);

    [LoggerMessage(Level = LogLevel.Information, Message = "A webhook of {Connection} tells of no run: {Word}")]
    private static partial void LogIgnored(ILogger log, string connection, string word);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Connection} sent {Kind} of its run {VendorRunId}")]
    private static partial void LogTaken(ILogger log, string connection, string kind, string vendorRunId);
}
