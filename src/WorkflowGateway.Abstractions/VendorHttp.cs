using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway;

/// <summary>A request to a vendor, without its credentials.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query below the connection's base URL, without a leading slash, already escaped.</param>
/// <param name="Body">The JSON body, or null for an empty one.</param>
public sealed record VendorRequest(HttpMethod Method, string Path, JsonElement? Body = null);

/// <summary>
/// The one way to call a vendor and the one reader of what comes back: a deadline over connect, headers and body, at most 4 MiB after
/// decompression, JSON no deeper than 64, no redirects, no cookies, credentials only to the configured origin, the token taken per call,
/// a body on every mutating call so that nothing below can send it again.
/// </summary>
public sealed class VendorHttp : IDisposable
{
    private const int MaxBody = 4 * 1024 * 1024;
    private const int MaxDepth = 64;

    private readonly HttpMessageInvoker _http;
    private readonly Lazy<SocketsHttpHandler> _native;
    private readonly VendorConnection _connection;
    private readonly Uri _base;
    private readonly string _credentialHeader;
    private readonly string _credentialScheme;
    private readonly bool _throttleIsBeforeWork;
    private readonly IReadOnlyDictionary<string, string> _headers;
    private readonly TimeProvider _time;

    /// <summary>Makes the caller of one connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="info">What the vendor is like.</param>
    /// <param name="credentialHeader">The header for the token when the connection names none.</param>
    /// <param name="credentialScheme">The scheme before the token when the connection names none; empty for none.</param>
    /// <param name="headers">The adapter's own fixed headers. The connection's win.</param>
    /// <param name="time">The clock of the deadline.</param>
    public VendorHttp(
        VendorConnection connection, RunnerInfo info, string credentialHeader, string credentialScheme,
        IReadOnlyDictionary<string, string> headers, TimeProvider time)
    {
        _connection = connection;
        _base = new Uri(connection.BaseUrl.AbsoluteUri.TrimEnd('/') + "/");
        _credentialHeader = connection.CredentialHeader ?? credentialHeader;
        _credentialScheme = connection.CredentialScheme ?? credentialScheme;
        _throttleIsBeforeWork = info.ThrottleIsBeforeWork;
        var all = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in connection.Headers) all[name] = value;
        _headers = all;
        _time = time;
        _http = new HttpMessageInvoker(Pool(connection, DecompressionMethods.All));
        // A pool of its own: what is passed on stays as it was compressed.
        _native = new Lazy<SocketsHttpHandler>(() => Pool(connection, DecompressionMethods.None));
    }

    /// <summary>Reads. A 401 is tried once more with a token taken anew.</summary>
    /// <exception cref="RunnerException">Never <see cref="RunnerErrorKind.Unconfirmed"/>.</exception>
    /// <exception cref="OperationCanceledException">The token given was cancelled.</exception>
    public async Task<JsonElement> ReadAsync(VendorRequest request, Subject? subject, CancellationToken cancellationToken) =>
        (await ReadAsync(request, subject, Whole, cancellationToken)).Value;

    /// <summary>Reads, and understands what was read. A 401 is tried once more with a token taken anew.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="subject">On whose behalf, or null.</param>
    /// <param name="understand">Makes something of a 2xx answer; null where it makes no sense: <see cref="RunnerErrorKind.Contract"/>, with the answer as evidence.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="RunnerException">Never <see cref="RunnerErrorKind.Unconfirmed"/>.</exception>
    /// <exception cref="OperationCanceledException">The token given was cancelled.</exception>
    public async Task<T> ReadAsync<T>(VendorRequest request, Subject? subject, Func<JsonElement, T?> understand, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await CallAsync(request, subject, mutating: false, understand, cancellationToken);
        }
        catch (RunnerException refused) when (refused.Error.VendorStatus == 401)
        {
            return await CallAsync(request, subject, mutating: false, understand, cancellationToken);
        }
    }

    /// <summary>Changes something. Sends at most one request that the vendor could act on; nothing is tried again.</summary>
    /// <exception cref="RunnerException"><see cref="RunnerErrorKind.Unconfirmed"/> whenever it may have happened, also when the token given was cancelled.</exception>
    public async Task<JsonElement> MutateAsync(VendorRequest request, Subject? subject, CancellationToken cancellationToken) =>
        (await MutateAsync(request, subject, Whole, cancellationToken)).Value;

    /// <summary>Changes something, and understands the answer. Sends at most one request that the vendor could act on; nothing is tried again.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="subject">On whose behalf, or null.</param>
    /// <param name="understand">Makes something of a 2xx answer; null where it makes no sense: <see cref="RunnerErrorKind.Unconfirmed"/>, with the answer as evidence.</param>
    /// <param name="cancellationToken">Ends the wait, not what the vendor does.</param>
    /// <exception cref="RunnerException"><see cref="RunnerErrorKind.Unconfirmed"/> whenever it may have happened, also when the token given was cancelled.</exception>
    public Task<T> MutateAsync<T>(VendorRequest request, Subject? subject, Func<JsonElement, T?> understand, CancellationToken cancellationToken)
        where T : class =>
        CallAsync(request, subject, mutating: true, understand, cancellationToken);

    /// <summary>Makes a call in the vendor's own words. It is not sent yet.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="subject">On whose behalf, or null.</param>
    /// <exception cref="RunnerException">It would leave the connection's base URL (<see cref="RunnerErrorKind.Invalid"/>).</exception>
    public NativeCall MakeNativeCall(NativeRequest request, Subject? subject) => new(
        _native.Value, request, NativeCall.Below(_base, request.Target), (message, cancellationToken) => AuthorizeAsync(message, subject, cancellationToken),
        _throttleIsBeforeWork, _connection.Timeout, _connection.ForwardTrace, _time);

    /// <inheritdoc />
    public void Dispose()
    {
        _http.Dispose();
        if (_native.IsValueCreated) _native.Value.Dispose();
    }

    private static SocketsHttpHandler Pool(VendorConnection connection, DecompressionMethods decompression) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = decompression,
        // A connect goes on after its request has given up, and takes one of the connections meanwhile.
        ConnectTimeout = connection.Timeout < TimeSpan.FromSeconds(10) ? connection.Timeout : TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = connection.MaxConnections,
        // What goes to the vendor of a trace is VendorTrace's to say.
        ActivityHeadersPropagator = null,
    };

    private static StrongBox<JsonElement> Whole(JsonElement answer) => new(answer);

    private async Task<T> CallAsync<T>(
        VendorRequest request, Subject? subject, bool mutating, Func<JsonElement, T?> understand, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = new CancellationTokenSource(_connection.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var message = new HttpRequestMessage(request.Method, Below(request.Path));
        var content = mutating ? new SentContent(request.Body is { } body ? VendorJson.ToBytes(body) : []) : null;
        message.Content = content;
        int? status = null;
        Secret? token = null;
        Exception? fault = null;
        using var span = VendorTrace.Begin(message, _connection.ForwardTrace);
        try
        {
            token = await AuthorizeAsync(message, subject, either.Token);
            using var response = await _http.SendAsync(message, either.Token);
            status = (int)response.StatusCode;
            var text = await ReadTextAsync(response, either.Token);
            if (status is >= 200 and < 300 && TryParse(Redaction.Of(text, token, Redaction.InAnswers), out var answer) && understand(answer) is { } understood) return understood;
            throw VendorRefusal.Of(response, Words(text, token), Meaning(status), mutating, _time);
        }
        catch (OperationCanceledException) when (!mutating && cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        // Everything else too: decompressors, header writers and token sources throw what they like, and "may it have happened" is known here only.
        catch (Exception failure) when (failure is not RunnerException)
        {
            fault = failure;
            throw new RunnerException(new RunnerError
            {
                Kind = Meaning(status),
                Message = VendorRefusal.Describe(failure, deadline.IsCancellationRequested, _connection.Timeout),
                VendorStatus = status,
                // Before the token was there nobody was called.
                Outage = token is not null && (deadline.IsCancellationRequested || failure is HttpRequestException or IOException),
            }, Redaction.Of(failure, token));
        }
        finally
        {
            VendorTrace.End(span, status, fault);
        }

        RunnerErrorKind Meaning(int? seen) =>
            mutating ? OutcomeTable.OfMutation(content!.Started, seen, _throttleIsBeforeWork) : OutcomeTable.OfRead(seen);
    }

    // An operator's own headers may be secrets too. In an answer that is understood they may as well be ids that are looked for.
    private string Words(string text, Secret? token) => _connection.Headers.Values.Aggregate(
        Redaction.Of(text, token, Redaction.InWords), static (clean, value) => Redaction.Of(clean, new Secret(value), Redaction.InAnswers));

    private Uri Below(string path)
    {
        // A path that walks up or away would carry the credential to a place nobody configured.
        if (!Uri.TryCreate(_base, path, out var uri) || !uri.AbsoluteUri.StartsWith(_base.AbsoluteUri, StringComparison.Ordinal))
            throw new RunnerException(RunnerErrorKind.Invalid, "The request would leave the connection's base URL.");
        return uri;
    }

    private async ValueTask<Secret?> AuthorizeAsync(HttpRequestMessage message, Subject? subject, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in _headers) Put(message, name, value, RunnerErrorKind.Invalid);
        if (!message.Headers.Contains("Accept")) message.Headers.TryAddWithoutValidation("Accept", "application/json");
        var token = subject?.Token ?? (_connection.Token is { } source ? await source(cancellationToken) : null);
        if (token is null) throw new RunnerException(RunnerErrorKind.Unauthorized, "There is no credential for this call.");
        var credential = _credentialScheme.Length == 0 ? token.Reveal() : $"{_credentialScheme} {token.Reveal()}";
        Put(message, _credentialHeader, credential, RunnerErrorKind.Unauthorized);
        return token;
    }

    // SocketsHttpHandler writes line breaks of a value as they are: the rest would be headers of its author's choice.
    private static void Put(HttpRequestMessage message, string name, string value, RunnerErrorKind kind)
    {
        // Exactly one, whatever stands there already.
        if (message.Headers.NonValidated.Contains(name)) message.Headers.Remove(name);
        if (value.Any(c => c is < ' ' or > '~') || !message.Headers.TryAddWithoutValidation(name, value))
            throw new RunnerException(kind, $"The header {name} cannot be sent: its value must be printable ASCII.");
    }

    private static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var block = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(block, cancellationToken)) > 0)
        {
            if (buffer.Length + read > MaxBody) throw new InvalidDataException("The answer is larger than 4 MiB.");
            buffer.Write(block, 0, read);
        }

        // Decoding replaces broken UTF-8 once and for all: a JsonElement over broken bytes throws only when it is touched.
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length).TrimStart('\uFEFF');
    }

    private static bool TryParse(string text, out JsonElement answer)
    {
        try
        {
            using var document = JsonDocument.Parse(VendorJson.WithoutLoneSurrogates(text), new JsonDocumentOptions { MaxDepth = MaxDepth });
            answer = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            answer = default;
            return false;
        }
    }
}
