namespace WorkflowGateway.Access;

/// <summary>Lets in who may come in, and notes who it is as the feature <see cref="Caller"/>.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (gate.Decide(context) is { } caller) context.Features.Set(caller);
        return next(context);
    }
}
