using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Access;

/// <summary>Lets callers in as fast, and as many at a time, as the limits of their key and of their tenant say.</summary>
/// <param name="options">The limits.</param>
/// <param name="replicas">How many share them now.</param>
/// <param name="time">The clock.</param>
internal sealed class CallLimiter(IOptions<AccessOptions> options, Func<int> replicas, TimeProvider time)
{
    /// <summary>A quota takes about 200 bytes.</summary>
    private const int Most = 20_000;

    private readonly LimitOptions _limits = options.Value.Limits;
    private readonly CallLimits _ofKey = options.Value.Limits.Key.Over(LimitOptions.DefaultOfKey);
    private readonly CallLimits _ofTenant = options.Value.Limits.Tenant.Over(LimitOptions.DefaultOfTenant);
    private readonly CallLimits _ofFailures = options.Value.Limits.Failures.Over(LimitOptions.DefaultOfFailures);
    private readonly QuotaTable _keys = new(Most, time), _tenants = new(Most, time), _addresses = new(Most, time);

    /// <summary>How many keys, tenants and addresses are remembered.</summary>
    public int Remembered => _keys.Count + _tenants.Count + _addresses.Count;

    /// <summary>A place for a request, given back at its end.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public Place Enter(HttpContext context, Caller caller, bool watches)
    {
        var live = Math.Max(1, replicas());
        var (tenantName, all) = caller.Tenant is { } name ? (name, _limits.Tenants.TryGetValue(name, out var own) ? own.Over(_ofTenant) : _ofTenant) : ("*", _ofTenant);
        var key = (Quota: _keys.Of($"{tenantName}/{caller.Name}"), Share: QuotaShare.Of(caller.Limits?.Over(_ofKey) ?? _ofKey, live));
        var tenant = (Quota: _tenants.Of(tenantName), Share: QuotaShare.Of(all, live));

        var keyWait = key.Quota.TryTake(key.Share, out var keyState);
        var tenantState = default(QuotaState);
        var tenantWait = keyWait is null ? tenant.Quota.TryTake(tenant.Share, out tenantState) : null;
        Tell(context, (key.Share, keyState), (tenant.Share, tenantState), told: keyWait is null);
        if (keyWait is { } wait) throw TooFast("key", wait);
        if (tenantWait is { } longer)
        {
            key.Quota.GiveBack(key.Share);
            throw TooFast("tenant", longer);
        }

        if (!key.Quota.TryEnter(key.Share, watches)) throw TooMany("key", watches);
        if (tenant.Quota.TryEnter(tenant.Share, watches)) return new Place(key.Quota, tenant.Quota, watches);
        key.Quota.Leave(watches);
        throw TooMany("tenant", watches);
    }

    /// <summary>
    /// Notes that somebody came with a key that is not good. The right key is looked at all the same, whoever else sends wrong ones from there: who guesses gets
    /// no answer but this one, and a new connection to make for each try.
    /// </summary>
    /// <exception cref="RefusedException">There were too many from this address.</exception>
    public void Fail(HttpContext context)
    {
        var share = QuotaShare.Of(_ofFailures, Math.Max(1, replicas()));
        if (_addresses.Of(NameOf(context.Connection.RemoteIpAddress)).TryTake(share, out _) is not { } wait) return;
        context.Response.OnStarting(static response =>
        {
            ((HttpResponse)response).Headers.Connection = "close";
            return Task.CompletedTask;
        }, context.Response);
        throw new RefusedException("rate-limited", "Too many requests with a wrong key or token came from this address. A right one is served all the same.") { RetryAfter = wait };
    }

    // Whoever has one address of IPv6 has 2^64 of them.
    internal static string NameOf(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes(), 0, 8) : address.ToString();
    }

    private static void Tell(HttpContext context, (QuotaShare Share, QuotaState State) key, (QuotaShare Share, QuotaState State) tenant, bool told)
    {
        var policy = Join(Policy("key", key.Share), Policy("tenant", tenant.Share));
        if (policy.Length == 0) return;
        var state = Join(State("key", key.Share, key.State), told ? State("tenant", tenant.Share, tenant.State) : "");
        // When the answer begins: what is set now, a problem would take away.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["RateLimit-Policy"] = policy;
            context.Response.Headers["RateLimit"] = state;
            return Task.CompletedTask;
        });
    }

    private static string Policy(string name, QuotaShare share) => share.Rate <= 0 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={share.Burst};w={Math.Max(1, (long)Math.Ceiling(share.Burst / share.Rate))}");

    private static string State(string name, QuotaShare share, QuotaState state) => share.Rate <= 0 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={state.Left};t={(long)Math.Ceiling(state.Full.TotalSeconds)}");

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first}, {second}";

    private static RefusedException TooFast(string whose, TimeSpan wait) =>
        new("rate-limited", $"More requests than this {whose} may make come in; RateLimit-Policy says how many. Nothing was done.") { RetryAfter = wait };

    private static RefusedException TooMany(string whose, bool watches) => new("rate-limited", watches
        ? $"This {whose} has as many streams and waits open as it may have at a time. Nothing was done."
        : $"As many requests of this {whose} are being answered as may be at a time. Nothing was done.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>A request's place.</summary>
    internal readonly struct Place(Quota key, Quota tenant, bool watches) : IDisposable
    {
        public void Dispose()
        {
            key?.Leave(watches);
            tenant?.Leave(watches);
        }
    }
}
