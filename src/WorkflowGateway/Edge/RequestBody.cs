using System.IO.Pipelines;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Edge;

/// <summary>Reads a whole body, as long as a body may be, and for as long as it may take.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The server's own rule, so many bytes a second, would let a body take more than an hour.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <exception cref="RefusedException">It is too large or too slow, or too many large ones come in already.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpContext http, TimeSpan longest)
    {
        if (http.Request.ContentLength > MaxBytes) throw TooLarge();
        using var late = new CancellationTokenSource(longest, http.RequestServices.GetRequiredService<TimeProvider>());
        var reader = http.Request.BodyReader;
        // Woken, not cancelled: to the server a read that its token ended is never over, and it fails as soon as it skips what is left of the body.
        using var waking = late.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        // What is announced is not believed: room is made for what comes.
        using var buffer = new MemoryStream((int)Math.Min(http.Request.ContentLength ?? 0, InFlight.LargeBody));
        try
        {
            while (await ReadPartAsync(http, reader, buffer, late.Token)) continue;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedException("request-timeout", $"The body did not come within {longest.TotalSeconds:0} seconds. Nothing was begun.");
        }

        return buffer.ToArray();
    }

    /// <returns>Whether there is more.</returns>
    private static async ValueTask<bool> ReadPartAsync(HttpContext http, PipeReader reader, MemoryStream buffer, CancellationToken late)
    {
        var part = await reader.ReadAsync(CancellationToken.None);
        try
        {
            late.ThrowIfCancellationRequested();
            var length = buffer.Length + part.Buffer.Length;
            if (length > MaxBytes) throw TooLarge();
            if (buffer.Length <= InFlight.LargeBody && length > InFlight.LargeBody)
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, late);
                await http.RequestServices.GetRequiredService<InFlight>().EnterLargeAsync(http, end.Token);
            }

            foreach (var bytes in part.Buffer) buffer.Write(bytes.Span);
            return !part.IsCompleted;
        }
        finally
        {
            reader.AdvanceTo(part.Buffer.End);
        }
    }

    private static RefusedException TooLarge() => new("payload-too-large", "The body is larger than 1 MiB.");
}
