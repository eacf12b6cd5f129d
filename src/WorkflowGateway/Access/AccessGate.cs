using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Access;

/// <summary>Decides who is asking, and whether they may ask this.</summary>
internal sealed class AccessGate(IOptions<AccessOptions> options, KeyRing keys, Tokens tokens, IHostEnvironment environment)
{
    private const string Scheme = "Bearer ";

    private readonly bool _keyless = options.Value.IsKeyless(environment.IsDevelopment());

    // A key in the ledger is the end of it: what a caller with a key could see must not lie open to everybody on this machine.
    private readonly Caller _local = new(null, Role.Operator, "local") { IsLocal = true, Revoked = keys.FirstKey };

    /// <summary>The caller; null where none is asked for.</summary>
    /// <exception cref="RefusedException">It is not known.</exception>
    public ValueTask<Caller?> IdentifyAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<PublicEndpoint>() is not null) return default;
        var signed = endpoint?.Metadata.GetMetadata<SignedEndpoint>() is not null;
        var keyless = _keyless && !keys.HasAny;
        if (signed && !keyless) return default;
        if (!keyless) return KeyedAsync(context);
        var caller = Keyless(context.Request);
        return signed ? default : new ValueTask<Caller?>(caller);
    }

    /// <exception cref="RefusedException">It may not ask this.</exception>
    public static void Permit(HttpContext context, Caller caller)
    {
        // A path or method that leads nowhere is answered as such, but only to those who may come in.
        if (context.GetEndpoint() is not RouteEndpoint endpoint) return;
        var required = endpoint.Metadata.GetMetadata<RequiredRole>() ?? throw new RefusedException("forbidden", "This is open to nobody.");
        if (caller.Role < required.Role)
            throw new RefusedException("forbidden", $"This needs the role {RoleWords.Of(required.Role)}; the key '{caller.Name}' has the role {RoleWords.Of(caller.Role)}.");
        if (caller.Tenant is not null && endpoint.Metadata.GetMetadata<AllTenantsEndpoint>() is not null)
            throw new RefusedException("forbidden", $"This tells of all tenants; the key '{caller.Name}' is of one. Use a key of tenant *.");
        caller.Grants.Require(required, caller.Name);
    }

    private ValueTask<Caller?> KeyedAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            var why = _keyless ? "There are keys in the ledger, so nobody comes in without one, whatever Access:Mode says. " : "";
            throw new RefusedException("unauthenticated", $"{why}Send an API key: Authorization: Bearer wfg_….");
        }

        var text = header.Count == 1 ? header[0] : null;
        if (text is null || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new RefusedException("unauthenticated", "The Authorization header must be one: Bearer and an API key.");
        var key = text.AsSpan(Scheme.Length).Trim();
        if (!key.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) && tokens.Takes(key)) return TokenAsync(key.ToString(), context.RequestAborted);
        if (keys.Find(key) is { } caller && (caller.Revoked == CancellationToken.None || !keys.IsStale)) return new ValueTask<Caller?>(caller);
        if (keys.IsStale)
            throw new RefusedException("storage-unavailable", $"The store has not answered since the start or for {KeyRing.Trusted.TotalMinutes:0} minutes, so nobody can say whether this API key is in force. Nothing was begun.");
        throw new RefusedException("unauthenticated", ApiKey.IsMistyped(key) ? "This API key was mistyped or cut off: its checksum does not fit." : "This API key is not known here.");
    }

    private async ValueTask<Caller?> TokenAsync(string text, CancellationToken cancellationToken) => await tokens.CallerOfAsync(text, cancellationToken);

    // A browser on this machine can be made to send requests here by any page it shows. What gives them away: another host name
    // (DNS rebinding), or a body type that needs no permission (forms). A proxy on this machine makes everybody look local.
    private Caller Keyless(HttpRequest request)
    {
        if (keys.IsUnread) throw new RefusedException("storage-unavailable", "The store does not answer, so nobody can say whether there are keys. Nothing was begun.");
        if (request.HttpContext.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(Mapped(address)))
            throw new RefusedException("forbidden", "Without keys the gateway serves its own machine only. Set Access:Mode to keys.");
        foreach (var (name, _) in request.Headers)
        {
            if (name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase))
                throw new RefusedException("forbidden", $"The request came through a proxy ({name}). Without keys the gateway serves its own machine only. Set Access:Mode to keys.");
        }

        if (!IsLoopback(request.Host.Host)) throw new RefusedException("forbidden", "Without keys the gateway answers to localhost, 127.0.0.1 and [::1] only.");
        var sendsJson = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);
        var hasBody = HttpMethods.IsPost(request.Method) || request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        if (hasBody && !sendsJson) throw new RefusedException("unsupported-media-type", "Send the request with Content-Type: application/json.");
        return _local;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(Mapped(address)));

    private static IPAddress Mapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
