using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/events", AllAsync)
            .Called("listEvents", "Lists all changes that the caller may see, oldest first.").RequireRole(Role.Viewer)
            .Query(Parameters.After, Parameters.PageSize)
            .Gives<EventList>(StatusCodes.Status200OK, "A page; next is always there.").Refuses();
        v1.MapGet("/runs/{runId}/events", OfRunAsync)
            .Called("listRunEvents", "Lists a run's changes, oldest first.").RequireRole(Role.Viewer)
            .Query(Parameters.After, Parameters.PageSize)
            .Gives<EventList>(StatusCodes.Status200OK, "A page; next is always there.").Refuses("run-not-found");
    }

    private static Task<Ok<EventList>> AllAsync(HttpContext http, LedgerReader ledger) => ListAsync(http, ledger, null);

    private static async Task<Ok<EventList>> OfRunAsync(string runId, HttpContext http, LedgerReader ledger) =>
        await ListAsync(http, ledger, (await ledger.FindAsync(http, runId)).Id);

    private static async Task<Ok<EventList>> ListAsync(HttpContext http, LedgerReader ledger, RunId? run)
    {
        var query = new ListQuery(http.Request);
        var after = After(query);
        var events = await ledger.ListEventsAsync(http.Caller().Tenant, run, after, query.PageSize);
        var next = events.Count > 0 ? events[^1].Seq : after;
        return TypedResults.Ok(new EventList([.. events.Select(EventView.Of)], next.ToString(CultureInfo.InvariantCulture)));
    }

    private static long After(ListQuery query) => query.One("after") is not { } text ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after
        : throw Fields.Refusal("after", "Must be a cursor: next of a page, or the id of an event.");
}
