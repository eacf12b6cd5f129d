namespace WorkflowGateway;

/// <summary>Beside <see cref="IVendorAdapter"/> where the vendor sends webhooks: says whether it really sent one, and of which run it tells.</summary>
/// <remarks>Pure and quick: anybody may have sent it, and its body may be any bytes. What it says of a run is never believed; the run is read instead.</remarks>
public interface IVendorEvents
{
    /// <param name="delivery">What came in.</param>
    /// <param name="secrets">The connection's webhook secrets: several while they are changed, and whichever signed is good. Compared in constant time.</param>
    VendorEventReading ReadEvent(VendorEventDelivery delivery, IReadOnlyList<Secret> secrets);
}

/// <summary>A webhook as it came in.</summary>
/// <param name="Body">The raw body, as it was signed.</param>
/// <param name="Header">All values of a header, each line one; names compare without case.</param>
public sealed record VendorEventDelivery(ReadOnlyMemory<byte> Body, Func<string, IReadOnlyList<string>> Header);

/// <summary>What a webhook is. Exactly one of the three nested kinds.</summary>
public abstract record VendorEventReading
{
    private VendorEventReading()
    {
    }

    /// <summary>The vendor sent it, and it tells of a run.</summary>
    /// <param name="Id">The same in every delivery of the same event.</param>
    /// <param name="Kind">The vendor's word for what happened, of those that the adapter knows, or <c>other</c>. For logs.</param>
    /// <param name="VendorRunId">The run, written as the snapshots of the runner write it.</param>
    public sealed record Event(string Id, string Kind, string VendorRunId) : VendorEventReading;

    /// <summary>The vendor sent it, and it tells of no run.</summary>
    /// <param name="Word">Why, in kebab-case: <c>not-json</c>, <c>no-run</c>.</param>
    public sealed record Nothing(string Word) : VendorEventReading;

    /// <summary>Nobody who knows a secret sent it.</summary>
    /// <param name="Word">Why, in kebab-case: <c>signature-missing</c>, <c>signature-repeated</c>, <c>signature-malformed</c>, <c>signature-mismatch</c>.</param>
    public sealed record Forged(string Word) : VendorEventReading;
}
