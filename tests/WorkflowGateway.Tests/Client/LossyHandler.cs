using System.Net;

namespace WorkflowGateway.Tests.Client;

/// <summary>A network that spoils the first answers: each entry says what becomes of one request, after it was carried out where it is.</summary>
internal sealed class LossyHandler(params Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>>[] spoilers)
    : DelegatingHandler(new SocketsHttpHandler())
{
    private int _next;

    public List<string> Keys { get; } = [];

    /// <summary>The request arrives and is done; the answer never comes back.</summary>
    public static async Task<HttpResponseMessage> CutAnswer(HttpRequestMessage request, Func<Task<HttpResponseMessage>> send)
    {
        using var lost = await send();
        lost.EnsureSuccessStatusCode();
        throw new HttpRequestException(HttpRequestError.ResponseEnded, "cut");
    }

    /// <summary>The request never arrives; something on the way answers.</summary>
    public static Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> Instead(
        HttpStatusCode status, int? retryAfter = null, string body = "<html>busy</html>") => (request, _) =>
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body), RequestMessage = request };
        if (retryAfter is { } seconds) answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return Task.FromResult(answer);
    };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.TryGetValues("Idempotency-Key", out var keys)) Keys.AddRange(keys);
        return _next < spoilers.Length
            ? spoilers[_next++](request, () => base.SendAsync(request, cancellationToken))
            : base.SendAsync(request, cancellationToken);
    }
}

/// <summary>A clock whose timers go off at once and say for how long they were set.</summary>
internal sealed class HastyTime : TimeProvider
{
    public List<TimeSpan> Delays { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero) Delays.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
