using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Access;

/// <summary>Who asks with a token of the authority.</summary>
internal sealed class Tokens
{
    public const string NamePrefix = "token:";
    private const int MaxLength = 16 * 1024;

    /// <summary>How far the authority's clock may be from ours.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);

    // With a shared secret, whoever may check tokens could make them; and who took a public key for one would take everybody's.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };
    private readonly TokenOptions? _options;
    private readonly TokenKeys? _keys;
    private readonly TimeProvider _time;

    public Tokens(IOptions<AccessOptions> options, TimeProvider time, TokenKeys? keys = null) => (_options, _time, _keys) = (options.Value.Jwt, time, keys);

    /// <summary>Whether a text is meant to be a token, and tokens are taken.</summary>
    public bool Takes(ReadOnlySpan<char> text) => _keys is not null && _options is not null && text.Count('.') == 2;

    /// <exception cref="RefusedException">It opens nothing.</exception>
    public async ValueTask<Caller> CallerOfAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length > MaxLength || !TryRead(text, out var token)) throw Refusal("cannot be read");
        // What a token says must be heeded and is not understood here, is not ignored.
        if (token.TryGetHeaderValue<object>("crit", out _)) throw Refusal("demands what is not known here (crit)");
        if (!Algorithms.Contains(token.Alg)) throw Refusal("is not signed with an algorithm that is taken here");
        if (string.IsNullOrEmpty(token.Kid)) throw Refusal("does not say which key signed it (kid)");
        var key = await _keys!.FindAsync(token.Kid, cancellationToken) ?? throw Refusal("was signed with a key that the authority does not have");
        if (key is JsonWebKey { Alg.Length: > 0 } named && named.Alg != token.Alg) throw Refusal("was signed with a key that is for another algorithm");
        var result = await _handler.ValidateTokenAsync(token, Parameters(key));
        return result.IsValid ? CallerOf(token) : throw Refusal(Reason(result.Exception));
    }

    private TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        ValidIssuer = _options!.ExpectedIssuer,
        ValidAudience = _options.Audience,
        ValidTypes = _options.Types ?? ["at+jwt", "JWT"],
        ValidAlgorithms = Algorithms,
        IssuerSigningKey = key,
        TryAllIssuerSigningKeys = false,
        RequireExpirationTime = true,
        LifetimeValidator = (from, to, _, _) => to is { } end && end > from.GetValueOrDefault(DateTime.MinValue) && Check(from, end),
    };

    private bool Check(DateTime? from, DateTime to)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        if (now >= to + Skew) throw new SecurityTokenExpiredException();
        return from is { } begin && now < begin - Skew ? throw new SecurityTokenNotYetValidException() : true;
    }

    // By itself: the library's claims have every value as text, and make one of what is none.
    private Caller CallerOf(JsonWebToken token)
    {
        var payload = JsonElement.Parse(Base64UrlEncoder.Decode(token.EncodedPayload));
        var (tenant, subject) = (Text(payload, _options!.TenantClaim), Text(payload, "sub"));
        if (subject is not { Length: > 0 and <= 200 } || subject.Any(char.IsControl)) throw Refusal("does not say who it is for (sub, 200 characters at most)");
        if (tenant is null || !AccessOptionsValidator.IsTenant(tenant)) throw Refusal($"names no tenant ({_options.TenantClaim})");
        if (tenant == "*" && !_options.AllTenants) throw Refusal("is for all tenants, which no token may be here (Access:Jwt:AllTenants)");
        var roles = Words(payload, _options.RoleClaim)?.Select(RoleOf).OfType<Role>().ToList();
        if (roles is not { Count: > 0 }) throw Refusal($"names no role ({_options.RoleClaim})");
        return new Caller(tenant == "*" ? null : tenant, roles.Max(), NamePrefix + subject)
        {
            Grants = new Grants(Words(payload, _options.WorkflowsClaim), Words(payload, _options.OperationsClaim)),
            Until = new DateTimeOffset(token.ValidTo, TimeSpan.Zero) + Skew,
        };
    }

    private Role? RoleOf(string word) => RoleWords.Parse(_options!.Roles.Count == 0 ? word : _options.Roles.TryGetValue(word, out var ours) ? ours : word);

    private static string? Text(JsonElement payload, string claim) => payload.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Words in an array, or in one text with spaces between them, as <c>scope</c> has them. Null where there is no such claim.</summary>
    private static List<string>? Words(JsonElement payload, string claim)
    {
        if (!payload.TryGetProperty(claim, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return [.. value.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= Grants.Most && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)) return [.. value.EnumerateArray().Select(one => one.GetString()!)];
        // A list that cannot be understood is no permission for everything.
        throw Refusal($"has a claim {claim} that is neither a text nor a list of {Grants.Most} texts at most");
    }

    private bool TryRead(string text, out JsonWebToken token)
    {
        try
        {
            token = _handler.ReadJsonWebToken(text);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            token = null!;
            return false;
        }
    }

    private static string Reason(Exception? exception) => exception switch
    {
        SecurityTokenExpiredException => "has expired",
        SecurityTokenNotYetValidException => "is not valid yet",
        SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException => "does not say until when it is valid",
        SecurityTokenInvalidAudienceException => "is for another audience",
        SecurityTokenInvalidIssuerException => "is of another issuer",
        SecurityTokenInvalidTypeException => "is of another type",
        _ => "is not signed as it should be",
    };

    private static RefusedException Refusal(string reason) => new("unauthenticated", $"This token {reason}.");
}
