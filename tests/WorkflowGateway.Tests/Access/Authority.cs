using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace WorkflowGateway.Tests.Access;

/// <summary>An OpenID Connect authority as far as a service that takes its tokens sees it. It signs by hand, so that it can also do wrong.</summary>
internal sealed class Authority : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, RSA> _keys = new() { ["k1"] = RSA.Create(2048) };
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private Authority(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public bool Away { get; set; }

    /// <summary>How often it was asked for its keys.</summary>
    public int Asked { get; private set; }

    public static async Task<Authority> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var authority = new Authority(builder.Build());
        authority._app.Run(authority.AnswerAsync);
        await authority._app.StartAsync();
        return authority;
    }

    /// <summary>From now on it signs with this key, and no other.</summary>
    public void Rotate(string kid)
    {
        _keys.Clear();
        _keys[kid] = RSA.Create(2048);
    }

    public static JsonObject Header(string alg = "RS256", string kid = "k1", string typ = "at+jwt") => new() { ["alg"] = alg, ["kid"] = kid, ["typ"] = typ };

    public JsonObject Payload(DateTimeOffset now) => new()
    {
        ["iss"] = Url,
        ["aud"] = "gateway",
        ["sub"] = "billing",
        ["tenant"] = "a",
        ["role"] = "caller",
        ["nbf"] = now.AddMinutes(-1).ToUnixTimeSeconds(),
        ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
    };

    public string Sign(JsonObject header, JsonObject payload)
    {
        var text = $"{Encode(header.ToJsonString())}.{Encode(payload.ToJsonString())}";
        return $"{text}.{Base64UrlEncoder.Encode(Signature(header["alg"]!.GetValue<string>(), header["kid"]?.GetValue<string>() ?? "", Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>What everybody may know of a key, as those would write it who take it for a secret.</summary>
    public byte[] PublicText(string kid) => Encoding.ASCII.GetBytes(_keys[kid].ExportSubjectPublicKeyInfoPem());

    public static string Encode(string text) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        foreach (var key in _keys.Values) key.Dispose();
        _curve.Dispose();
    }

    private byte[] Signature(string alg, string kid, byte[] text)
    {
        if (alg == "none") return [];
        if (alg == "HS256") return HMACSHA256.HashData(PublicText("k1"), text);
        if (alg == "ES256") return _curve.SignData(text, HashAlgorithmName.SHA256);
        var padding = alg[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        if (_keys.TryGetValue(kid, out var key)) return key.SignData(text, HashAlgorithmName.SHA256, padding);
        using var stranger = RSA.Create(2048);
        return stranger.SignData(text, HashAlgorithmName.SHA256, padding);
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (Away)
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }

        if (context.Request.Path == "/.well-known/openid-configuration")
            return context.Response.WriteAsync(JsonSerializer.Serialize(new { issuer = Url, jwks_uri = Url + "/keys" }));
        Asked++;
        return context.Response.WriteAsync(KeySet());
    }

    /// <summary>Its keys, with some that nobody should use.</summary>
    public string KeySet()
    {
        var keys = new JsonArray();
        foreach (var (kid, key) in _keys)
        {
            var parameters = key.ExportParameters(false);
            keys.Add(new JsonObject { ["kty"] = "RSA", ["kid"] = kid, ["use"] = "sig", ["n"] = Base64UrlEncoder.Encode(parameters.Modulus), ["e"] = Base64UrlEncoder.Encode(parameters.Exponent) });
            keys.Add(new JsonObject { ["kty"] = "RSA", ["kid"] = "enc", ["use"] = "enc", ["n"] = Base64UrlEncoder.Encode(parameters.Modulus), ["e"] = Base64UrlEncoder.Encode(parameters.Exponent) });
        }

        var point = _curve.ExportParameters(false).Q;
        keys.Add(new JsonObject { ["kty"] = "EC", ["kid"] = "e1", ["crv"] = "P-256", ["alg"] = "ES256", ["x"] = Base64UrlEncoder.Encode(point.X), ["y"] = Base64UrlEncoder.Encode(point.Y) });
        keys.Add(new JsonObject { ["kty"] = "oct", ["kid"] = "shared", ["k"] = Base64UrlEncoder.Encode(new byte[32]) });
        return new JsonObject { ["keys"] = keys }.ToJsonString();
    }
}
