using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Events;

/// <summary>Events as server-sent events, until the run ends, the reader goes, or the gateway stops.</summary>
/// <param name="filtered">Whether the reader wants only some of them.</param>
/// <param name="ended">Whether their run had ended when it was asked for; null where they are of all runs.</param>
/// <param name="gap">What is to be told first.</param>
/// <param name="retry">How many milliseconds the reader shall wait before it connects again.</param>
internal sealed partial class EventStream(
    EventFeed feed, bool filtered, bool? ended, EventGap? gap, int retry, HttpContext http, TimeProvider time, Telemetry.WatchMetrics metrics, ILogger<EventStream> log)
{
    /// <summary>After so long without a word one is sent: to be sure that the reader is there, and for what stands between to keep the connection.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(12);

    /// <summary>Who is more than a buffer behind and takes nothing for so long is cut off; it goes on from where it was when it comes again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StoreAgain = TimeSpan.FromSeconds(1);

    // What is read is not kept while the reader is waited for: a slow one costs a buffer of the server and no more.
    private const int Page = 16;
    private const int FilteredPage = 256;
    private const int Chunk = 8 * 1024;
    private const int SendBuffer = 64 * 1024;

    private readonly PipeWriter _body = http.Response.BodyWriter;
    private long _wroteAt = time.GetTimestamp();
    private long _told = -1;
    private bool _over, _gone;

    /// <param name="aborted">The reader is gone.</param>
    /// <param name="cancellationToken">Ends it well.</param>
    public async Task WriteAsync(CancellationToken aborted, CancellationToken cancellationToken)
    {
        // It spends its life in here, waiting: nothing that it keeps is made anew for each wait, and the two tokens are not linked by a third.
        SetHeaders();
        Write($"retry: {retry}\n");
        Tell();
        if (gap is not null) Write(gap);
        await FlushAsync(cancellationToken);
        var waiter = feed.Waiter();
        await using var left = aborted.UnsafeRegister(static waiter => ((EventWaiter)waiter!).Wake(), waiter);
        await using var stopped = cancellationToken.UnsafeRegister(static waiter => ((EventWaiter)waiter!).Wake(), waiter);
        while (!_over && !_gone && !aborted.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            if (!await GoOnAsync(cancellationToken)) continue;
            var rest = Heartbeat - time.GetElapsedTime(_wroteAt);
            if (rest > TimeSpan.Zero) await waiter.WaitAsync(feed.Cursor, rest);
        }

        if (_gone || aborted.IsCancellationRequested) return;
        // Who comes again begins there, or is told that there is no more.
        if (_told < feed.Cursor) Tell();
        await FlushAsync(cancellationToken);
    }

    /// <returns>Whether there is nothing more now.</returns>
    private async ValueTask<bool> GoOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            var exhausted = await WriteNextAsync(filtered ? FilteredPage : Page, cancellationToken);
            // Also while it goes past pages of which it wants nothing.
            if (!_over && IsSilent) await BeatAsync();
            await FlushAsync(cancellationToken);
            return exhausted && !_over && !_gone;
        }
        catch (StorageUnavailableException)
        {
            // The tail says so, once for all.
            if (IsSilent) Tell();
            await FlushAsync(cancellationToken);
            await Task.Delay(StoreAgain, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was waiting for its turn at the ledger.
        }

        return false;
    }

    private bool IsSilent => _body.UnflushedBytes == 0 && time.GetElapsedTime(_wroteAt) >= Heartbeat;

    private void SetHeaders()
    {
        var response = http.Response;
        response.ContentType = EventRequest.StreamType;
        EventRequest.SetHeaders(response);
        response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // Otherwise the system keeps megabytes for a reader that takes nothing, and nobody would notice that it does not.
        if (http.Features.Get<IConnectionSocketFeature>() is { Socket: var socket }) socket.SendBufferSize = SendBuffer;
        // The server's own rule would cut off a reader that pauses for a few seconds.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    /// <returns>Whether there is nothing more now.</returns>
    private async ValueTask<bool> WriteNextAsync(int limit, CancellationToken cancellationToken)
    {
        // Of a run that has ended nobody will hear later what is not in memory yet.
        var read = feed.ReadAsync(limit, fresh: ended == true, cancellationToken);
        var (page, missing) = read.IsCompletedSuccessfully ? read.Result : await read.AsTask().WaitAsync(cancellationToken);
        if (missing is not null) Write(missing);
        foreach (var one in page)
        {
            // The rest is read again: it is in memory, or was few.
            if (_body.UnflushedBytes >= Chunk) return false;
            if (feed.Take(one)) Write(one);
            if (ended is not null && one.Facets.Final) _over = true;
        }

        feed.TakeAll(page);
        var exhausted = page.Count < limit;
        if ((exhausted && ended == true) || !feed.IsAlive) _over = true;
        return exhausted;
    }

    // An id and an empty line: nothing is dispatched, but the reader comes again from here.
    private async ValueTask BeatAsync()
    {
        if (await feed.FindGapAheadAsync(fresh: false) is { } ahead) Write(ahead);
        Tell();
    }

    private void Write(LoggedEvent one)
    {
        _body.Write(one.Frame.Span);
        _told = one.Row.Seq;
    }

    private void Write(EventGap missing)
    {
        metrics.ToldOfGap();
        Write(string.Create(CultureInfo.InvariantCulture, $"id: {feed.Cursor}\nevent: gap\ndata: {EventListAnswer.TextOf(missing)}\n\n"));
    }

    private void Tell()
    {
        _told = feed.Cursor;
        Write(string.Create(CultureInfo.InvariantCulture, $"id: {_told}\n\n"));
    }

    private void Write(string text) => Encoding.ASCII.GetBytes(text, _body);

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_body.UnflushedBytes > 0) _wroteAt = time.GetTimestamp();
        var flush = _body.FlushAsync(CancellationToken.None);
        if (flush.IsCompletedSuccessfully)
        {
            _gone |= flush.Result.IsCompleted;
            return;
        }

        var taken = flush.AsTask();
        await ((Task)taken).WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (taken.IsCompletedSuccessfully && !taken.Result.IsCompleted) return;
        _gone = true;
        if (taken.IsCompleted) return;
        if (!cancellationToken.IsCancellationRequested)
        {
            metrics.CutOff();
            LogCutOff(log, Patience.TotalSeconds, feed.Cursor);
        }

        http.Abort();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A reader of events took nothing for {Seconds} seconds and was cut off at {Cursor}")]
    private static partial void LogCutOff(ILogger log, double seconds, long cursor);
}
