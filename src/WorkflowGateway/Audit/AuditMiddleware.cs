using WorkflowGateway.Access;
using WorkflowGateway.Api;

namespace WorkflowGateway.Audit;

/// <summary>Notes every request of a caller's that may change something, whatever its endpoint: where that does not write its row with its change, here it is written afterwards.</summary>
internal sealed class AuditMiddleware(RequestDelegate next, AuditLog audit)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!MayChange(http) || http.Features.Get<Caller>() is not { } caller)
        {
            await next(http);
            return;
        }

        var entry = AuditEntry.Of(http);
        http.Features.Set(caller with { Audit = entry });
        await next(http);
        if (!entry.Noted) audit.Answered(caller, entry, http.Response.StatusCode, http.Response.Headers.ContainsKey("Idempotent-Replayed"));
    }

    private static bool MayChange(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && http.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<ChangesNothing>() is null
        && !(Knows(endpoint, "validateOnly") && http.Request.Query.TryGetValue("validateOnly", out var only) && only == "true");

    // Elsewhere, as in a query that is passed on, it means nothing.
    private static bool Knows(RouteEndpoint endpoint, string parameter) => endpoint.Metadata.GetMetadata<QueryParameters>()?.All.Any(one => one.Name == parameter) == true;
}
