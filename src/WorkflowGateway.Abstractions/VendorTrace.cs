using System.Diagnostics;
using System.Globalization;

namespace WorkflowGateway;

/// <summary>A request to a vendor as a trace shows it. Of its address only what no secret can be in: no query, no user, no header, no body.</summary>
internal static class VendorTrace
{
    // Whoever listens names it: Telemetry/Tracing.
    private static readonly ActivitySource Source = new("WorkflowGateway.Vendors");

    /// <param name="message">The request, before it is sent.</param>
    /// <param name="forward">Whether the vendor may have the trace context.</param>
    /// <returns>Null where nobody listens.</returns>
    public static Activity? Begin(HttpRequestMessage message, bool forward)
    {
        var span = Source.StartActivity(message.Method.Method, ActivityKind.Client);
        if (span is { IsAllDataRequested: true } && message.RequestUri is { } url)
        {
            span.SetTag("http.request.method", message.Method.Method);
            span.SetTag("server.address", url.Host);
            span.SetTag("server.port", url.Port);
            span.SetTag("url.full", $"{url.Scheme}://{url.Authority}{url.AbsolutePath.Split('?', '#')[0]}");
        }

        if (forward) Forward(message);
        return span;
    }

    public static void End(Activity? span, int? status, Exception? failure)
    {
        if (span is not { IsAllDataRequested: true }) return;
        if (status is { } code) span.SetTag("http.response.status_code", code);
        if (failure is null && status is null or < 400) return;
        span.SetTag("error.type", status is >= 400 ? status.Value.ToString(CultureInfo.InvariantCulture) : (failure?.InnerException ?? failure)?.GetType().FullName);
        span.SetStatus(ActivityStatusCode.Error);
    }

    // By hand: the handler's own way sends baggage too, which is whatever callers put into it.
    private static void Forward(HttpRequestMessage message)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } context } current) return;
        message.Headers.TryAddWithoutValidation("traceparent", context);
        if (current.TraceStateString is { Length: > 0 and <= 512 } state && state.All(letter => letter is >= ' ' and <= '~')) message.Headers.TryAddWithoutValidation("tracestate", state);
    }
}
