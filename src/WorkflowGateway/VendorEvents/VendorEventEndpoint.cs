using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Runs;

namespace WorkflowGateway.VendorEvents;

internal static class VendorEventEndpoint
{
    public static void MapVendorEvents(this IEndpointRouteBuilder v1) => v1.MapPost("/vendor-events/{connection}", TakeAsync)
        .Called("takeVendorEvent", "Takes a webhook of a vendor. It has its run read, once; what its body says sets nothing.").SignedByVendor()
        .Accepts<JsonElement>("application/json", "*/*")
        .Answers(StatusCodes.Status202Accepted, "It was taken, now or before.")
        .Refuses("not-found", "payload-too-large", "unsupported-media-type", "rate-limited");

    private static async Task<StatusCodeHttpResult> TakeAsync(
        [Description("The name of the connection.")] string connection, HttpContext http, VendorEventInboxes inboxes, VendorEventBodies bodies, VendorEventIntake intake)
    {
        // The same for a connection that takes none: who may not know does not learn it here.
        var inbox = inboxes.Find(connection) ?? throw new RefusedException("not-found", "No webhooks are taken here.");
        await intake.TakeAsync(inbox, await bodies.ReadAsync(http));
        return TypedResults.StatusCode(StatusCodes.Status202Accepted);
    }
}
