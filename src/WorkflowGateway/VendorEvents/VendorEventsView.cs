namespace WorkflowGateway.VendorEvents;

/// <summary>The webhooks of a connection, counted since this process started.</summary>
/// <param name="Received">How many came in whole, whoever sent them.</param>
/// <param name="Verified">How many the vendor signed.</param>
/// <param name="Duplicate">How many of those were taken before: nothing was done.</param>
/// <param name="Forged">How many nobody who knows a secret sent: nothing was done.</param>
/// <param name="Ignored">How many the vendor signed, and they tell of no run.</param>
/// <param name="UnknownRun">How many tell of a run that is none of this connection's.</param>
/// <param name="Dropped">How many tell of a run that nobody knew, and it could not be found out whose it is. Lost starts are looked for anyway.</param>
/// <param name="LastAt">When the vendor last sent one; null where it has not.</param>
internal sealed record VendorEventsView(long Received, long Verified, long Duplicate, long Forged, long Ignored, long UnknownRun, long Dropped, DateTime? LastAt)
{
    public static VendorEventsView Of(VendorEventCounts counts) => new(
        counts[VendorEventOutcome.Received], counts[VendorEventOutcome.Verified], counts[VendorEventOutcome.Duplicate], counts[VendorEventOutcome.Forged], counts[VendorEventOutcome.Ignored],
        counts[VendorEventOutcome.UnknownRun], counts[VendorEventOutcome.Dropped], counts.LastAt?.UtcDateTime);
}
