using WorkflowGateway.Access;
using WorkflowGateway.Events;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Api;

internal static class EventEndpoints
{
    private const string Page = "A page; next is always there. As text/event-stream (by Accept): the same events as they come, each with its id, event: run.changed and data, "
        + "the CloudEvent; an event: gap with after and until where the cursor is older than what is kept.";

    public static void MapEvents(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/events", (HttpContext http, EventAnswers answers) => answers.AnswerAsync(http, null))
            .Called("listEvents", "Lists all changes that the caller may see, oldest first, or streams them from now on.").RequireRole(Role.Viewer, KeyOperations.List)
            .Query(Parameters.EventList).Headers(Parameters.LastEventId, Parameters.PreferWait)
            .Gives<EventList>(StatusCodes.Status200OK, Page).AlsoStreams().Refuses();
        v1.MapGet("/runs/{runId}/events", async (string runId, HttpContext http, LedgerReader ledger, EventAnswers answers) => await answers.AnswerAsync(http, await ledger.FindAsync(http, runId)))
            .Called("listRunEvents", "Lists a run's changes, oldest first, or streams them from the first to the last.").RequireRole(Role.Viewer, KeyOperations.Get)
            .Query(Parameters.EventList).Headers(Parameters.LastEventId, Parameters.PreferWait)
            .Gives<EventList>(StatusCodes.Status200OK, Page).AlsoStreams()
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent) { Description = "To a stream that comes again after the last event of a run that has ended: there will be no more." })
            .Refuses("run-not-found");
    }
}
