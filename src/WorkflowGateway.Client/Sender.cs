using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace WorkflowGateway.Client;

/// <summary>Sends calls, again where that is safe and may help, and reads the answers.</summary>
internal sealed class Sender(HttpClient http, TimeProvider time)
{
    private const int MaxAttempts = 4;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    public async Task<T> ReadAsync<T>(Call call, CancellationToken cancellationToken)
        where T : class => await ReadChangedAsync<T>(call, cancellationToken) ?? throw Unreadable(HttpStatusCode.NotModified, null);

    /// <summary>Null where the caller has the current version already.</summary>
    public async Task<T?> ReadChangedAsync<T>(Call call, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await SendAsync(call, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotModified) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(await answer.Content.ReadAsByteArrayAsync(cancellationToken)) ?? throw Unreadable(answer.StatusCode, null);
        }
        catch (JsonException e)
        {
            throw Unreadable(answer.StatusCode, e);
        }
    }

    /// <summary>An answer that is read as it comes.</summary>
    public Task<HttpResponseMessage> OpenAsync(Call call, CancellationToken cancellationToken) => SendAsync(call, cancellationToken, HttpCompletionOption.ResponseHeadersRead);

    private async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellationToken, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        for (var attempt = 1; ; attempt++)
        {
            var delay = Backoff(attempt);
            try
            {
                // The request is made anew, headers and key the same: a sent message cannot be sent again.
                using var request = call.ToRequest();
                var answer = await http.SendAsync(request, completion, cancellationToken);
                if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified) return answer;
                using (answer)
                {
                    var problem = await ProblemAsync(answer, cancellationToken);
                    var asked = RetryAfter(answer);
                    delay = asked ?? delay;
                    if (attempt == MaxAttempts || !problem.Retryable || delay > MaxDelay) throw new GatewayProblemException(problem) { RetryAfter = asked };
                }
            }
            catch (Exception e) when (attempt < MaxAttempts && IsNetworkFailure(e) && !cancellationToken.IsCancellationRequested)
            {
            }

            await Task.Delay(delay, time, cancellationToken);
        }
    }

    private static async Task<Problem> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            if (JsonSerializer.Deserialize<Problem>(await answer.Content.ReadAsByteArrayAsync(cancellationToken)) is { Code: not null } problem)
                return problem with { Status = (int)answer.StatusCode };
        }
        catch (JsonException)
        {
        }

        return Unreadable(answer.StatusCode, null).Problem;
    }

    private static GatewayProblemException Unreadable(HttpStatusCode status, Exception? cause) => new(
        new Problem
        {
            Type = "about:blank",
            Title = "Unreadable answer",
            Status = (int)status,
            Detail = $"The answer with status {(int)status} is not one of the gateway's. Is the address right, and what stands between?",
            Code = "unreadable-answer",
            Retryable = status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
        },
        cause);

    // HttpClient tells its own timeout, alone among cancellations, by the exception inside.
    public static bool IsNetworkFailure(Exception e) => e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException };

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => TimeSpan.FromTicks(Math.Max(0, (date - time.GetUtcNow()).Ticks)),
        _ => null,
    };

    // 0.5, 1 and 2 seconds, each less up to a half, so that callers who failed together do not come back together.
    private static TimeSpan Backoff(int attempt) => TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(250, 501) << (attempt - 1));
}
