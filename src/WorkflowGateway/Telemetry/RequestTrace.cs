using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace WorkflowGateway.Telemetry;

/// <summary>Says of each request's span what OpenTelemetry's conventions ask for: ASP.NET Core makes the span and says nothing. Never a query, a header that could bear a secret, or a body.</summary>
internal static class RequestTrace
{
    private const int Longest = 256;

    /// <summary>Above everything that answers.</summary>
    public static IApplicationBuilder UseRequestTrace(this IApplicationBuilder app) => app.Use((http, next) =>
        http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span ? TraceAsync(span, http, next) : next(http));

    private static async Task TraceAsync(Activity span, HttpContext http, RequestDelegate next)
    {
        Begin(span, http);
        try
        {
            await next(http);
        }
        finally
        {
            End(span, http);
        }
    }

    private static void Begin(Activity span, HttpContext http)
    {
        var request = http.Request;
        // Before the edge asks a HEAD as a GET.
        var method = IsKnown(request.Method) ? request.Method : "_OTHER";
        span.DisplayName = method;
        span.SetTag("http.request.method", method);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", Cut(request.Path.Value));
        span.SetTag("server.address", Cut(request.Host.Host));
        if (request.Host.Port is { } port) span.SetTag("server.port", port);
        span.SetTag("network.protocol.version", request.Protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? request.Protocol[5..] : null);
        if (request.Headers.UserAgent is [{ } agent]) span.SetTag("user_agent.original", Cut(agent));
    }

    private static void End(Activity span, HttpContext http)
    {
        // What answers a problem takes the endpoint away, and notes it.
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is not null)
        {
            // Probes and scrapes, every few seconds.
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        if (endpoint is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.DisplayName = $"{span.DisplayName} {route}";
            span.SetTag("http.route", route);
        }

        var status = http.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status < StatusCodes.Status500InternalServerError) return;
        span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
        span.SetStatus(ActivityStatusCode.Error);
    }

    private static bool IsKnown(string method) => HttpMethods.GetCanonicalizedValue(method) is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" or "TRACE" or "CONNECT";

    private static string? Cut(string? text) => text?.Length > Longest ? text[..Longest] : text;
}
