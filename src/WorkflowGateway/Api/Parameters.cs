namespace WorkflowGateway.Api;

/// <summary>Parameters and headers that several endpoints know.</summary>
internal static class Parameters
{
    public static readonly QueryParameter PageSize = new("pageSize", "How many at most, 1 to 500; 50 by default.", "integer");
    public static readonly QueryParameter PageToken = new("pageToken", "nextPageToken of the page before, with the same filters.");
    public static readonly QueryParameter After = new("after", "Only events after this cursor: next of the page before, or the id of an event.");

    public static readonly HeaderParameter Prefer = new("Prefer", "wait=N waits up to N seconds (60 at most); respond-async does not wait.");
    public static readonly HeaderParameter Key = new(RequestHeaders.IdempotencyKey, "1 to 255 printable ASCII characters. The same request with the same key is done once.");
    public static readonly HeaderParameter VendorToken = new(RequestHeaders.VendorAuthorization, "The end user's own vendor token, for connections whose credential comes from the caller.");
    public static readonly HeaderParameter IfMatch = new("If-Match", "The version of the run that was seen, as its ETag: \"7\". A newer run is then left alone.");
    public static readonly HeaderParameter IfNoneMatch = new("If-None-Match", "The ETag the caller has: 304 while it is current; with Prefer: wait, waits for a newer one.");
    public static readonly HeaderParameter CacheControl = new("Cache-Control", "no-cache reads the vendor now, max-age=N only if the last observation is older.");

    public static readonly HeaderParameter LastEventId = new("Last-Event-ID", "The id of the last event that was seen, as an EventSource sends it when it connects again. Wins over after.");
    public static readonly HeaderParameter PreferWait = new("Prefer", "wait=N waits up to N seconds (60 at most) until there is an event to tell. JSON only: a stream always waits.");

    public static readonly QueryParameter[] RunFilters =
    [
        new("status", "A status word, or open or final; may be repeated.", Many: true),
        new("workflow", "Only runs of this workflow."),
        new("vendor", "Only runs at this vendor."),
        new("connection", "Only runs on this connection."),
        new("label.*", "Only runs with this label, as in label.region=eu."),
        new("correlationId", "Only runs with this correlation id."),
        new("createdAfter", "Only runs made after this time (RFC 3339)."),
        new("createdBefore", "Only runs made before this time (RFC 3339)."),
    ];

    public static readonly QueryParameter[] RunList = [.. RunFilters, PageSize, PageToken];

    public static readonly QueryParameter[] EventList = [.. RunFilters, After, PageSize];
}
