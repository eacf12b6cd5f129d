using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

/// <summary>What a receiver said to one delivery.</summary>
/// <param name="Status">Its HTTP status; null where it gave none.</param>
/// <param name="Error">Why it was not delivered, as a word; null where it was.</param>
/// <param name="RetryAfter">For how long it asked to be left alone.</param>
internal sealed record WebhookReply(DateTimeOffset At, int? Status, string? Error, TimeSpan Took, TimeSpan? RetryAfter = null)
{
    /// <summary>The word for what was gone before anything was sent.</summary>
    public const string Purged = "purged";

    public bool Delivered => Error is null;

    /// <summary>The receiver wants no more, ever.</summary>
    public bool Gone => Status == (int)HttpStatusCode.Gone;
}

/// <summary>Sends one signed request and says what came of it. Nothing is thrown, whatever the receiver does.</summary>
internal sealed class WebhookSender(GuardedConnect connect, IOptions<WebhookOptions> options, TimeProvider time) : IDisposable
{
    private const int MostOfAnswer = 64 * 1024;
    private readonly HttpMessageInvoker _http = new(connect.CreateHandler(options.Value.TimeoutSpan));

    public async Task<WebhookReply> SendAsync(WebhookTarget target, string id, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var at = time.Now();
        var began = time.GetTimestamp();
        if (target.Secrets(at) is not { Count: > 0 } secrets) return new WebhookReply(at, null, "secret-unreadable", TimeSpan.Zero);
        // Real time: the deadline is for the receiver.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.TimeoutSpan);
        try
        {
            // The machine's clock, not the steady one: receivers compare it with theirs and refuse what is minutes off.
            var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json") { CharSet = "utf-8" };
            request.Headers.Add("webhook-id", id);
            request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", WebhookSecret.Sign(secrets, id, timestamp, body.Span));
            request.Headers.Add("User-Agent", "workflow-gateway");
            using var answer = await _http.SendAsync(request, deadline.Token);
            await DrainAsync(answer, deadline.Token);
            return new WebhookReply(at, (int)answer.StatusCode, ErrorOf(answer.StatusCode), time.GetElapsedTime(began), RetryAfter(answer, at));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookReply(at, null, ErrorOf(exception), time.GetElapsedTime(began));
        }
    }

    public void Dispose() => _http.Dispose();

    // An answer counts once it is whole: a receiver that breaks off may have dropped what it was given.
    private static async Task DrainAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[8 * 1024];
        int read;
        for (var left = MostOfAnswer; left > 0; left -= read)
        {
            read = await content.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), cancellationToken);
            if (read == 0) return;
        }
    }

    private static string? ErrorOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 => "redirected",
        410 => "gone",
        _ => "refused",
    };

    private static string ErrorOf(Exception exception) => exception switch
    {
        OperationCanceledException => "timeout",
        ForbiddenAddressException or { InnerException: ForbiddenAddressException } => "address-forbidden",
        AuthenticationException or { InnerException: AuthenticationException } => "tls-failed",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls-failed",
        SocketException { SocketErrorCode: var code } => ErrorOf(code),
        HttpRequestException { InnerException: SocketException { SocketErrorCode: var code } } => ErrorOf(code),
        _ => "connection-broken",
    };

    private static string ErrorOf(SocketError code) =>
        code is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery ? "name-unknown" : "unreachable";

    private static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now)
    {
        if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return null;
        var wish = answer.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - now : null;
        return wish > TimeSpan.Zero ? wish : null;
    }
}
