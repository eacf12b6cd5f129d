using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using WorkflowGateway.Api;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Edge;

/// <summary>The first that looks at a request, before it is routed and before anybody is asked who sends it.</summary>
internal sealed class EdgeMiddleware(
    RequestDelegate next, InFlight inFlight, IOptions<EdgeOptions> options, IConfiguration configuration, IHostApplicationLifetime lifetime)
{
    private readonly string? _baseUrl = options.Value.BaseUrl;
    private readonly StringSegment[] _hosts =
        [.. (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(host => new StringSegment(host))];

    public async Task InvokeAsync(HttpContext http)
    {
        var native = IsNative(http.Request.Path);
        if ((RequestCheck.Find(http) ?? (native ? null : RequestCheck.Coding(http.Request))) is { } malformed)
        {
            await RefuseAsync(http, malformed);
            return;
        }

        var ofOperators = IsOfOperators(http.Request.Path);
        if (!ofOperators && !IsOurs(http.Request.Host))
        {
            await RefuseAsync(http, new RefusedException("validation-failed", "This gateway does not go by the name in the Host header (AllowedHosts)."));
            return;
        }

        if (HttpMethods.IsHead(http.Request.Method) && !native) AskAsGet(http.Request);
        if (lifetime.ApplicationStopping.IsCancellationRequested) http.Response.OnStarting(Close, http);
        if (_baseUrl is not null && !native) http.Response.OnStarting(SetLinksAsync, http);
        // However full it is, it says how it is.
        using var place = ofOperators ? null : inFlight.Enter(http.Request);
        if (place is { IsAcquired: false }) await RefuseAsync(http, InFlight.Full("The gateway has too many requests under way."));
        else await next(http);
    }

    // Written here, not thrown: a flood of them should cost little. What follows on the connection may be no request at all.
    private static Task RefuseAsync(HttpContext http, RefusedException refusal)
    {
        http.Response.Headers.Connection = "close";
        if (refusal.Code == "method-not-allowed") http.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE";
        return ProblemWriter.WriteAsync(http, refusal);
    }

    // A probe asks by address, and so does who scrapes.
    private static bool IsOfOperators(PathString path) => path.StartsWithSegments("/health") || path == "/metrics";

    // There a vendor says what HEAD means, where it is, and which codings of a body it reads.
    private static bool IsNative(PathString path) =>
        path.StartsWithSegments("/v1/connections", out var rest) && (rest.Value!.Contains("/native/", StringComparison.Ordinal) || rest.Value.EndsWith("/native", StringComparison.Ordinal));

    private bool IsOurs(HostString host) => _hosts.Length == 0 || Array.IndexOf(_hosts, new StringSegment("*")) >= 0 || HostString.MatchesAny(host.Host, _hosts);

    // The server leaves the body out by itself. Nobody waits for a body that does not come, so neither a wait nor a stream is asked for.
    private static void AskAsGet(HttpRequest request)
    {
        request.Method = HttpMethods.Get;
        request.Headers.Remove("Prefer");
        request.Headers.Accept = default;
    }

    private static Task Close(object http)
    {
        ((HttpContext)http).Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }

    private Task SetLinksAsync(object http)
    {
        var headers = ((HttpContext)http).Response.Headers;
        foreach (var name in (string[])["Location", "Operation-Location"])
            if (headers.TryGetValue(name, out var path) && path.ToString().StartsWith('/')) headers[name] = _baseUrl + path;
        if (headers.Link.ToString() is var link && link.StartsWith("</", StringComparison.Ordinal)) headers.Link = "<" + _baseUrl + link[1..];
        return Task.CompletedTask;
    }
}
