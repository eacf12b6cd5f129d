using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Access;

/// <summary>The keys with which an authority signs, as it names them now. While it does not answer, those that it named last are taken.</summary>
internal sealed partial class TokenKeys : BackgroundService
{
    /// <summary>How often they are asked for: a key that the authority takes back opens nothing after that.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    /// <summary>A token with a key that is not known asks at once, but not more often than this: anybody can write such a token.</summary>
    public static readonly TimeSpan Soonest = TimeSpan.FromSeconds(10);

    /// <summary>For how long keys are taken while nobody can say that they still are the authority's.</summary>
    public static readonly TimeSpan Trusted = TimeSpan.FromHours(24);

    private const int MaxBytes = 1 << 20;
    private const int LeastRsaBits = 2048;

    private readonly TokenOptions? _options;
    private readonly HomeFolder? _home;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = Every }) { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = MaxBytes };
    private readonly SemaphoreSlim _turn = new(1);
    private volatile FrozenDictionary<string, JsonWebKey> _keys = FrozenDictionary<string, JsonWebKey>.Empty;
    private long _tried = long.MinValue, _known = long.MinValue;
    private volatile bool _failing;

    public TokenKeys(IOptions<AccessOptions> options, TimeProvider time, ILogger<TokenKeys> log, HomeFolder? home = null) =>
        (_options, _time, _log, _home) = (options.Value.Jwt, time, log, home);

    /// <summary>The key of this id; null where the authority has none.</summary>
    /// <exception cref="Runs.RefusedException">Nobody can say.</exception>
    public async ValueTask<SecurityKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (IsTrusted && _keys.TryGetValue(id, out var known)) return known;
        if (!HasTriedWithin(Soonest)) await RefreshAsync(fresh: false, cancellationToken);
        if (IsTrusted && _keys.TryGetValue(id, out var found)) return found;
        if (_failing || !IsTrusted) throw new Runs.RefusedException("authority-unavailable", "The authority does not say which keys it signs with, so nobody can say whether this token is good. Nothing was begun.") { RetryAfter = Soonest };
        return null;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anybody is listened to; an authority that is away keeps nobody with an API key from coming in.
        await RefreshAsync(fresh: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RefreshAsync(fresh: true, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _http.Dispose();
        _turn.Dispose();
    }

    private bool IsTrusted => Interlocked.Read(ref _known) is var known && known != long.MinValue && _time.GetElapsedTime(known) <= Trusted;

    private bool HasTriedWithin(TimeSpan time) => Interlocked.Read(ref _tried) is var tried && tried != long.MinValue && _time.GetElapsedTime(tried) < time;

    /// <param name="fresh">Whether also where somebody else has just asked.</param>
    /// <param name="cancellationToken">Ends the wait for a turn; where the gateway itself asks, also the question.</param>
    internal async Task RefreshAsync(bool fresh, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!fresh && HasTriedWithin(Soonest)) return;
            // What one caller asks for is for all: his leaving must not look like the authority's silence.
            _keys = Read(await FetchAsync(fresh ? cancellationToken : CancellationToken.None));
            Interlocked.Exchange(ref _known, _time.GetTimestamp());
            if (_failing) LogBack(_log);
            _failing = false;
        }
        catch (OperationCanceledException) when (fresh && cancellationToken.IsCancellationRequested)
        {
            // The gateway stops: that says nothing of the authority.
            throw;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            if (!_failing) LogFailing(_log, Trusted.TotalHours, exception);
            _failing = true;
        }
        finally
        {
            Interlocked.Exchange(ref _tried, _time.GetTimestamp());
            _turn.Release();
        }
    }

    private async Task<string> FetchAsync(CancellationToken cancellationToken)
    {
        if (_options!.Keys is { } keys) return keys.Contains("://", StringComparison.Ordinal) ? await _http.GetStringAsync(new Uri(keys), cancellationToken) : await File.ReadAllTextAsync(_home?.Resolve(keys) ?? keys, cancellationToken);
        var about = JsonElement.Parse(await _http.GetStringAsync(new Uri(_options.Authority!.TrimEnd('/') + "/.well-known/openid-configuration"), cancellationToken));
        if (_options.Issuer is null && about.GetProperty("issuer").GetString() is var issuer && issuer != _options.ExpectedIssuer)
            throw new InvalidOperationException($"The authority calls itself '{issuer}', not '{_options.ExpectedIssuer}'. Write it so in Access:Jwt:Authority, or what its tokens carry in Access:Jwt:Issuer.");
        var address = about.GetProperty("jwks_uri").GetString() ?? "";
        return TokenOptions.IsSafe(address) ? await _http.GetStringAsync(new Uri(address), cancellationToken) : throw new InvalidOperationException($"The authority's keys are at '{address}', which is no https address.");
    }

    // Only what can check a signature and cannot make one, and is named: a token says which key it means.
    private static FrozenDictionary<string, JsonWebKey> Read(string text)
    {
        var usable = new JsonWebKeySet(text).Keys.Where(key => !string.IsNullOrEmpty(key.Kid) && key.Use is null or "sig" && key.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.RSA => key.KeySize >= LeastRsaBits,
            JsonWebAlgorithmsKeyTypes.EllipticCurve => key.Crv is "P-256" or "P-384" or "P-521",
            _ => false,
        }).ToList();
        if (usable.Count == 0) throw new InvalidOperationException("The authority's key set has no key that could be used: RSA of 2048 bits or more, or EC, with a kid, for signatures.");
        return usable.GroupBy(key => key.Kid, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The authority of Access:Jwt does not say which keys it signs with: those known last are taken for {Hours} hours")]
    private static partial void LogFailing(ILogger log, double hours, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The authority of Access:Jwt says again which keys it signs with")]
    private static partial void LogBack(ILogger log);
}
