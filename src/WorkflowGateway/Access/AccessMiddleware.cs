using WorkflowGateway.Api;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Access;

/// <summary>Lets in who may come in, and notes who it is as the feature <see cref="Caller"/>.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessGate gate, CallLimiter limiter, TimeProvider time)
{
    // The longest that a timer may run; whoever has a token for longer comes again meanwhile.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public async Task InvokeAsync(HttpContext context)
    {
        if (await IdentifyAsync(context) is not { } caller)
        {
            await next(context);
            return;
        }

        // Also of one that is refused: who it was is noted.
        context.Features.Set(caller);
        using var place = caller.IsLocal ? default : limiter.Enter(context, caller, Preferences.IsWatch(context.Request));
        AccessGate.Permit(context, caller);
        await (MayWait(context) && (caller.Revoked.CanBeCanceled || caller.Until is not null) ? UntilItEndsAsync(context, caller) : next(context));
    }

    private async ValueTask<Caller?> IdentifyAsync(HttpContext context)
    {
        try
        {
            return await gate.IdentifyAsync(context);
        }
        catch (RefusedException refused) when (refused.Code == "unauthenticated" && context.Request.Headers.Authorization.Count > 0)
        {
            limiter.Fail(context);
            throw;
        }
    }

    // Only what may go on for long is worth the watch: everything else is over before anybody could notice.
    private static bool MayWait(HttpContext context) => Preferences.Of(context.Request).Wait is not null || Preferences.AsksForStream(context.Request)
        || context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>()?.Operation is KeyOperations.Native or KeyOperations.Logs;

    private async Task UntilItEndsAsync(HttpContext context, Caller caller)
    {
        using var expires = caller.Until is { } until ? new CancellationTokenSource(Delay(until), time) : null;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, caller.Revoked, expires?.Token ?? CancellationToken.None);
        var aborted = context.RequestAborted;
        context.RequestAborted = ends.Token;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !aborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            // Whoever waits is still there, and is to be told.
            context.RequestAborted = aborted;
            throw new RefusedException("unauthenticated", "What this request came in with has ended meanwhile. What was begun goes on.");
        }
    }

    private TimeSpan Delay(DateTimeOffset until)
    {
        var left = until - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > Longest ? Longest : left;
    }
}
