using WorkflowGateway.Api;
using WorkflowGateway.Edge;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Events;

/// <summary>Answers requests for events: as a page, at once or as soon as there is something, or as a stream.</summary>
internal sealed class EventAnswers(
    EventTail tail, LedgerReader reader, RunWatch watch, RunRefresher refresher, Ids ids, TimeProvider time, StopDelay stop, ILogger<EventStream> log, Telemetry.WatchMetrics metrics)
{
    /// <summary>The most events that one page looks at: a filter that nothing passes gives short pages, never a slow one.</summary>
    private const int MaxExamined = 5000;

    private const int Page = 500;

    /// <param name="http">The request.</param>
    /// <param name="run">The run whose events are asked for; null for all that the caller may see.</param>
    /// <exception cref="RefusedException">A parameter is wrong.</exception>
    /// <exception cref="StorageUnavailableException">The store cannot be read now.</exception>
    public async Task<IResult> AnswerAsync(HttpContext http, RunRow? run)
    {
        var request = EventRequest.Of(http, run?.Id);
        // From now on, unless told otherwise: who follows all runs wants no history.
        var begin = request.After ?? (request.Streams && run is null ? await reader.FindLastEventAsync() : 0);
        var feed = new EventFeed(tail, reader, request.Scope, begin, given: request.After is not null || begin > 0);
        var gap = request.After is null ? null : await feed.FindGapAheadAsync(fresh: true);
        if (!request.Streams) return await ListAsync(http, request, feed, gap, run);
        // An EventSource connects again whatever it was told, until it is told this.
        if (request.After is not null && gap is null && run is { Final: true } && !await feed.HasMoreAsync(Page)) return TypedResults.NoContent();
        if (run is not null) refresher.Hint(run);
        return new Streaming(this, new EventStream(feed, !request.Scope.Filter.IsEmpty, run?.Final, gap, Retry(), http, time, metrics, log), run?.Id);
    }

    private async Task<IResult> ListAsync(HttpContext http, EventRequest request, EventFeed feed, EventGap? gap, RunRow? run)
    {
        var preferences = Preferences.Of(http.Request) with { RespondAsync = false };
        var (began, wait) = (time.GetTimestamp(), run is { Final: true } ? TimeSpan.Zero : preferences.Wait ?? TimeSpan.Zero);
        if (run is not null && wait > TimeSpan.Zero) refresher.Hint(run);
        using var attendance = run is not null && wait > TimeSpan.Zero ? watch.Attend(run.Id) : null;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stop.Over);
        var found = new List<LoggedEvent>();
        for (var (examined, fresh) = (0, true); ;)
        {
            var limit = request.Scope.Filter.IsEmpty ? request.PageSize - found.Count : Page;
            var (page, missing) = await feed.ReadAsync(limit, fresh, ends.Token);
            gap ??= missing;
            if (!Fill(found, request.PageSize, feed, page)) break;
            examined += page.Count;
            if (page.Count == limit && examined < MaxExamined) continue;
            var left = wait - time.GetElapsedTime(began);
            if (page.Count == limit || found.Count > 0 || gap is not null || left <= TimeSpan.Zero || ends.IsCancellationRequested) break;
            await feed.WaitAsync(left, ends.Token);
            fresh = false;
        }

        return new EventListAnswer(found, feed.Cursor, gap, preferences.Applied);
    }

    /// <returns>Whether there is room for more.</returns>
    private static bool Fill(List<LoggedEvent> found, int size, EventFeed feed, EventPage page)
    {
        foreach (var one in page)
        {
            if (feed.Take(one)) found.Add(one);
            if (found.Count == size) return false;
        }

        feed.TakeAll(page);
        return true;
    }

    private async Task StreamAsync(HttpContext http, EventStream stream, RunId? run)
    {
        // A run that somebody watches is read more often.
        using var attendance = run is { } id ? watch.Attend(id) : null;
        metrics.Came();
        try
        {
            await stream.WriteAsync(http.RequestAborted, stop.Over);
        }
        finally
        {
            metrics.Left();
        }
    }

    // Between one and three seconds: those who were cut off together do not come again together.
    private int Retry() => 1000 + (int)(2000 * ids.NextFraction());

    private sealed class Streaming(EventAnswers answers, EventStream stream, RunId? run) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => answers.StreamAsync(httpContext, stream, run);
    }
}
