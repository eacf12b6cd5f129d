using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using WorkflowGateway.Api;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Edge;

/// <summary>How much may be under way at once, so that memory is bounded and whoever comes too many is told at once instead of hanging.</summary>
internal sealed class InFlight(IOptions<EdgeOptions> options) : IDisposable
{
    /// <summary>From here on a body is a large one.</summary>
    public const int LargeBody = 64 * 1024;

    private readonly ConcurrencyLimiter _requests = Limiter(options.Value.MaxRequests, queue: 0);
    private readonly ConcurrencyLimiter _waiting = Limiter(options.Value.MaxWaiting, queue: 0);
    private readonly ConcurrencyLimiter _large = Limiter(options.Value.MaxLargeBodies, queue: 4 * options.Value.MaxLargeBodies);

    /// <returns>A place; not acquired where there is none.</returns>
    public RateLimitLease Enter(HttpRequest request) => (Preferences.IsWatch(request) ? _waiting : _requests).AttemptAcquire();

    /// <summary>Until the request has ended: what was read of it is kept that long.</summary>
    /// <exception cref="RefusedException">Too many others wait already.</exception>
    public async ValueTask EnterLargeAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var lease = await _large.AcquireAsync(1, cancellationToken);
        http.Response.RegisterForDispose(lease);
        if (!lease.IsAcquired) throw Full("Too many large bodies are coming in at once.");
    }

    public static RefusedException Full(string why) => new("gateway-unavailable", why + " Nothing was begun.") { RetryAfter = TimeSpan.FromSeconds(2) };

    private static ConcurrencyLimiter Limiter(int permits, int queue) =>
        new(new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public void Dispose()
    {
        _requests.Dispose();
        _waiting.Dispose();
        _large.Dispose();
    }
}
