using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;

namespace WorkflowGateway.Sandbox;

/// <summary>Writes an answer, or does to the connection what a fault says.</summary>
internal sealed class FaultWriter(TimeProvider time, CancellationToken stopping)
{
    private static readonly byte[] Html = Encoding.UTF8.GetBytes("<!doctype html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>");

    public async Task WriteAsync(HttpContext context, Answer answer, Fault? fault)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await (fault is null ? PlainAsync(context, answer, either.Token) : FaultyAsync(context, answer, fault, either.Token));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), time, stopping);

    private Task FaultyAsync(HttpContext context, Answer answer, Fault fault, CancellationToken cancellationToken)
    {
        var response = context.Response;
        switch (fault.Kind == "late" ? fault.Then ?? "hang" : fault.Kind)
        {
            case "hang":
                return HangAsync(context, cancellationToken);
            case "reset":
                context.Abort();
                return Task.CompletedTask;
            case "eof":
                return CloseAsync(context, cancellationToken);
            case "status":
            case "redirect":
                if (fault.RetryAfter is { } after) response.Headers.RetryAfter = after;
                if (fault.Location is { } location) response.Headers.Location = location;
                return PlainAsync(context, answer, cancellationToken);
            case "html200":
                return PlainAsync(context, new Answer(200, "text/html; charset=utf-8", Html), cancellationToken);
            case "truncated-json":
                return TruncatedAsync(context, answer, cancellationToken);
            case "slow-drip":
                return DripAsync(context, answer, fault.BytesPerSecond ?? 1, cancellationToken);
            case "huge-body":
                return HugeAsync(response, response.Body, fault.Bytes ?? 64 * 1024 * 1024, cancellationToken);
            case "gzip-bomb":
                return BombAsync(response, fault.Bytes ?? 1024 * 1024 * 1024, cancellationToken);
            default:
                return PlainAsync(context, answer, cancellationToken);
        }
    }

    private static Task PlainAsync(HttpContext context, Answer answer, CancellationToken cancellationToken)
    {
        Head(context.Response, answer);
        return answer.Body.Length > 0 ? context.Response.Body.WriteAsync(answer.Body, cancellationToken).AsTask() : Task.CompletedTask;
    }

    private static void Head(HttpResponse response, Answer answer)
    {
        response.StatusCode = answer.Status;
        if (answer.RequestId is { } id) response.Headers["X-Request-Id"] = id;
        if (answer.Body.Length == 0) return;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
    }

    private async Task HangAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    // A FIN where the answer should be; the abort after the caller has gone must not turn it into a reset.
    private async Task CloseAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
        await HangAsync(context, cancellationToken);
    }

    // Kestrel sends what there is and closes the connection when less comes than was promised.
    private static Task TruncatedAsync(HttpContext context, Answer answer, CancellationToken cancellationToken)
    {
        Head(context.Response, answer);
        return context.Response.Body.WriteAsync(answer.Body.AsMemory(0, answer.Body.Length / 2), cancellationToken).AsTask();
    }

    private async Task DripAsync(HttpContext context, Answer answer, int bytesPerSecond, CancellationToken cancellationToken)
    {
        Head(context.Response, answer);
        var step = Math.Max(1, bytesPerSecond / 10);
        for (var sent = 0; sent < answer.Body.Length; sent += step)
        {
            await context.Response.Body.WriteAsync(answer.Body.AsMemory(sent, Math.Min(step, answer.Body.Length - sent)), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds((double)step / bytesPerSecond), time, cancellationToken);
        }
    }

    private static async Task BombAsync(HttpResponse response, long bytes, CancellationToken cancellationToken)
    {
        response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await HugeAsync(response, gzip, bytes, cancellationToken);
    }

    // Valid JSON of that size, so that nothing but a limit stops it.
    private static async Task HugeAsync(HttpResponse response, Stream body, long bytes, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json";
        var block = new byte[64 * 1024];
        Array.Fill(block, (byte)'x');
        await body.WriteAsync("{\"padding\":\""u8.ToArray(), cancellationToken);
        for (var left = bytes - 14; left > 0; left -= block.Length) await body.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, left)), cancellationToken);
        await body.WriteAsync("\"}"u8.ToArray(), cancellationToken);
    }
}
