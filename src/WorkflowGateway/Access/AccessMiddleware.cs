namespace WorkflowGateway.Access;

/// <summary>Lets in who may come in, and notes who it is as the feature <see cref="Caller"/>.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (gate.Decide(context) is not { } caller) return next(context);
        context.Features.Set(caller);
        return caller.Revoked.CanBeCanceled && MayWait(context.Request) ? UntilRevokedAsync(context, caller.Revoked) : next(context);
    }

    // Only what may go on for long is worth the watch: everything else is over before anybody could notice.
    private static bool MayWait(HttpRequest request) =>
        request.Headers.ContainsKey("Prefer") || request.Headers.Accept.Any(accept => accept?.Contains("event-stream", StringComparison.OrdinalIgnoreCase) == true);

    private async Task UntilRevokedAsync(HttpContext context, CancellationToken revoked)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, revoked);
        context.RequestAborted = ends.Token;
        await next(context);
    }
}
