using System.Globalization;
using Microsoft.Net.Http.Headers;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Events;

/// <summary>What a request for events asks for.</summary>
/// <param name="After">The cursor that the caller gave; null where he gave none.</param>
/// <param name="Streams">Whether as server-sent events.</param>
internal sealed record EventRequest(EventScope Scope, long? After, int PageSize, bool Streams)
{
    public const string StreamType = "text/event-stream";
    private const string LastEventId = "Last-Event-ID";

    /// <exception cref="RefusedException">A parameter is wrong.</exception>
    public static EventRequest Of(HttpContext http, RunId? run)
    {
        var query = new ListQuery(http.Request);
        var caller = http.Caller();
        var filter = http.Request.QueryString.HasValue || caller.Grants.Workflows is not null ? new EventFilter(RunListFilter.Of(query, caller)) : EventFilter.Everything;
        var after = query.One("after") is { } text ? Cursor("after", text, "Must be a cursor: next of a page, or the id of an event.") : (long?)null;
        return new EventRequest(new EventScope(caller.Tenant, run, filter), Seen(http.Request) ?? after, query.PageSize, WantsStream(http.Request));
    }

    /// <summary>The same address answers in two ways, and what it answers is old a moment later.</summary>
    public static void SetHeaders(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept";
    }

    // An EventSource that has seen nothing yet sends none, or an empty one.
    private static long? Seen(HttpRequest request) => request.Headers[LastEventId] switch
    {
        [] or [null or ""] => null,
        [{ } text] => Cursor(LastEventId, text, "Must be the id of the last event that was seen, a decimal number."),
        _ => throw Fields.Refusal(LastEventId, "Is given more than once."),
    };

    private static long Cursor(string name, string text, string wrong) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor) ? cursor : throw Fields.Refusal(name, wrong);

    // Only who names it gets a stream: who takes anything expects an answer that ends.
    private static bool WantsStream(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)) return false;
        double Quality(string name) => types.Where(type => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
        return Quality(StreamType) is > 0 and var stream && stream >= Quality("application/json");
    }
}
