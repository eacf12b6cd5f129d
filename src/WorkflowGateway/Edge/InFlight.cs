using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
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

    // A turn lasts for as long as its body takes to come: whoever sends slowly keeps others of its own key and tenant waiting, never everybody.
    private readonly ConcurrencyLimiter _large = Turns(options.Value.MaxLargeBodies);
    private readonly PartitionedRateLimiter<Caller> _largeOfKey = Shares(caller => $"{caller.Tenant ?? "*"}/{caller.Name}", options.Value.MaxLargeBodies / 4);
    private readonly PartitionedRateLimiter<Caller> _largeOfTenant = Shares(caller => caller.Tenant ?? "*", options.Value.MaxLargeBodies / 2);
    private readonly ConcurrencyLimiter _largeOfAnybody = Turns(options.Value.MaxLargeBodies / 8);

    /// <returns>A place; not acquired where there is none.</returns>
    public RateLimitLease Enter(HttpRequest request) => (Preferences.IsWatch(request) ? _waiting : _requests).AttemptAcquire();

    /// <summary>Until the request has ended: what was read of it is kept that long.</summary>
    /// <exception cref="RefusedException">Too many others wait already.</exception>
    public async ValueTask EnterLargeAsync(HttpContext http, CancellationToken cancellationToken)
    {
        // Nobody knows yet who sends it: what has to be read before its signature can be looked at takes no turn of those who are known.
        if (http.Features.Get<Caller>() is not { } caller)
        {
            if (!Hold(http, await _largeOfAnybody.AcquireAsync(1, cancellationToken))) throw Full("Too many large bodies are coming in at once.");
            return;
        }

        if (!caller.IsLocal)
        {
            if (!Hold(http, await _largeOfKey.AcquireAsync(caller, 1, cancellationToken))) throw OwnFull("key");
            if (!Hold(http, await _largeOfTenant.AcquireAsync(caller, 1, cancellationToken))) throw OwnFull("tenant");
        }

        if (!Hold(http, await _large.AcquireAsync(1, cancellationToken))) throw Full("Too many large bodies are coming in at once.");
    }

    public static RefusedException Full(string why) => new("gateway-unavailable", why + " Nothing was begun.") { RetryAfter = TimeSpan.FromSeconds(2) };

    private static RefusedException OwnFull(string whose) =>
        new("rate-limited", $"Too many large bodies of this {whose} are coming in at once. Nothing was begun.") { RetryAfter = TimeSpan.FromSeconds(2) };

    private static bool Hold(HttpContext http, RateLimitLease lease)
    {
        http.Response.RegisterForDispose(lease);
        return lease.IsAcquired;
    }

    private static PartitionedRateLimiter<Caller> Shares(Func<Caller, string> whose, int permits) =>
        PartitionedRateLimiter.Create<Caller, string>(caller => RateLimitPartition.Get<string>(whose(caller), _ => Turns(permits)));

    private static ConcurrencyLimiter Turns(int permits) => Limiter(Math.Max(1, permits), queue: 4 * Math.Max(1, permits));

    private static ConcurrencyLimiter Limiter(int permits, int queue) =>
        new(new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public void Dispose()
    {
        _requests.Dispose();
        _waiting.Dispose();
        _large.Dispose();
        _largeOfKey.Dispose();
        _largeOfTenant.Dispose();
        _largeOfAnybody.Dispose();
    }
}
