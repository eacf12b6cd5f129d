using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Webhooks;

internal static class WebhookEndpoints
{
    private const string Id = "The id of the webhook.";
    private static readonly string[] Refusals = ["malformed-json", "not-found", "webhook-read-only", "payload-too-large", "unsupported-media-type"];

    public static void MapWebhooks(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/webhooks", CreateAsync)
            .Called("createWebhook", "Makes an endpoint that is told of changes by signed requests.").RequireRole(Role.Operator, KeyOperations.Webhooks).Headers(Parameters.Key)
            .Takes<CreateWebhookBody>("""{"url":"https://hooks.example.com/runs","statuses":["waiting","final"]}""")
            .Gives<WebhookView>(StatusCodes.Status201Created, "The webhook, this once with its secret.")
            .Refuses("malformed-json", "payload-too-large", "unsupported-media-type", "idempotency-key-reused", "master-key-missing");
        v1.MapGet("/webhooks", ListAsync)
            .Called("listWebhooks", "Lists the webhooks, newest first.").RequireRole(Role.Operator, KeyOperations.Webhooks).Query(Parameters.PageSize, Parameters.PageToken)
            .Gives<WebhookList>(StatusCodes.Status200OK, "A page.").Refuses("page-token-invalid");
        v1.MapGet("/webhooks/{webhookId}", GetAsync)
            .Called("getWebhook", "Reads a webhook.").RequireRole(Role.Operator, KeyOperations.Webhooks)
            .Gives<WebhookView>(StatusCodes.Status200OK, "The webhook.").Refuses("not-found");
        v1.MapPatch("/webhooks/{webhookId}", ChangeAsync)
            .Called("changeWebhook", "Changes what a webhook is; its deliveries go on.").RequireRole(Role.Operator, KeyOperations.Webhooks)
            .Takes<ChangeWebhookBody>("""{"enabled":true}""")
            .Gives<WebhookView>(StatusCodes.Status200OK, "The webhook as changed.").Refuses(Refusals);
        v1.MapDelete("/webhooks/{webhookId}", DeleteAsync)
            .Called("deleteWebhook", "Deletes a webhook; nothing more is delivered.").RequireRole(Role.Operator, KeyOperations.Webhooks)
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent) { Description = "It is gone." }).Refuses("not-found", "webhook-read-only");
        v1.MapGet("/webhooks/{webhookId}/deliveries", DeliveriesAsync)
            .Called("listDeliveries", "Lists the attempts at deliveries, newest first.").RequireRole(Role.Operator, KeyOperations.Webhooks)
            .Query(new QueryParameter("state", "delivered, failing or dead."), Parameters.PageSize, Parameters.PageToken)
            .Gives<DeliveryList>(StatusCodes.Status200OK, "A page.").Refuses("not-found", "page-token-invalid");
        v1.MapPost("/webhooks/{webhookId}/rotate", RotateAsync)
            .Called("rotateWebhook", "Gives a webhook a new secret; for a while the old one signs too.").RequireRole(Role.Operator, KeyOperations.Webhooks).Headers(Parameters.Key)
            .MayTake<RotateWebhookBody>("""{"overlap":"24h"}""")
            .Gives<WebhookView>(StatusCodes.Status200OK, "The webhook, this once with its new secret.").Refuses([.. Refusals, "idempotency-key-reused", "master-key-missing"]);
        v1.MapPost("/webhooks/{webhookId}/replay", ReplayAsync)
            .Called("replayWebhook", "Delivers again what came after a cursor, dead letters included.").RequireRole(Role.Operator, KeyOperations.Webhooks)
            .Takes<ReplayWebhookBody>("""{"after":"1042"}""")
            .Gives<WebhookView>(StatusCodes.Status202Accepted, "The webhook; deliveries are under way.").Refuses("malformed-json", "not-found", "payload-too-large", "unsupported-media-type");
        v1.MapPost("/webhooks/{webhookId}/test", TestAsync)
            .Called("testWebhook", "Sends one signed event of the type webhook.test now.").RequireRole(Role.Operator, KeyOperations.Webhooks).MayTake<EmptyBody>("{}")
            .Gives<WebhookTestView>(StatusCodes.Status200OK, "What the receiver said.").Refuses("malformed-json", "not-found", "payload-too-large", "unsupported-media-type");
    }

    private static async Task<Created<WebhookView>> CreateAsync(CreateWebhookBody body, HttpContext http, WebhookEditor editor, WebhookViews views)
    {
        var made = await editor.CreateAsync(http.Caller(), body, http.Request.Key(body.Json));
        return TypedResults.Created("/v1/webhooks/" + made.Row.WebhookId, await views.OfAsync(http, made));
    }

    private static async Task<Ok<WebhookList>> ListAsync(HttpContext http, LedgerReader reader, WebhookTargets targets, WebhookViews views)
    {
        var query = new ListQuery(http.Request);
        WebhookId? before = query.Cursor is { } cursor ? WebhookId.TryParse(cursor, out var id) ? id : throw PageToken.Invalid("The token is not one that this list gave.") : null;
        var rows = await reader.ListWebhooksAsync(http.Caller().Tenant, before, query.PageSize + 1);
        var next = rows.Count > query.PageSize ? rows[query.PageSize - 1].WebhookId.ToString() : null;
        var page = new List<WebhookView>();
        foreach (var row in rows.Take(query.PageSize).Where(targets.Knows)) page.Add(await views.OfAsync(row));
        return TypedResults.Ok(new WebhookList(page, query.NextToken(next)));
    }

    private static async Task<Ok<WebhookView>> GetAsync([Description(Id)] string webhookId, HttpContext http, WebhookEditor editor, WebhookViews views) =>
        TypedResults.Ok(await views.OfAsync(await editor.FindAsync(http.Caller(), webhookId)));

    private static async Task<Ok<WebhookView>> ChangeAsync([Description(Id)] string webhookId, ChangeWebhookBody body, HttpContext http, WebhookEditor editor, WebhookViews views) =>
        TypedResults.Ok(await views.OfAsync(await editor.ChangeAsync(http.Caller(), webhookId, body)));

    private static async Task<NoContent> DeleteAsync([Description(Id)] string webhookId, HttpContext http, WebhookEditor editor)
    {
        await editor.DeleteAsync(http.Caller(), webhookId);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<DeliveryList>> DeliveriesAsync([Description(Id)] string webhookId, HttpContext http, WebhookEditor editor, LedgerReader reader)
    {
        var query = new ListQuery(http.Request);
        var row = await editor.FindAsync(http.Caller(), webhookId);
        var state = query.One("state");
        if (state is not null && !DeliveryState.All.Contains(state)) throw Fields.Refusal("state", $"'{state}' is no state. {Suggestion.For(state, DeliveryState.All)}");
        var before = query.Cursor is not { } cursor ? null : Guid.TryParseExact(cursor, "N", out var id) ? id.ToByteArray(bigEndian: true)
            : throw PageToken.Invalid("The token is not one that this list gave.");
        var attempts = await reader.ListAttemptsAsync(row.WebhookId, state, before, query.PageSize + 1);
        var next = attempts.Count > query.PageSize ? Convert.ToHexStringLower(attempts[query.PageSize - 1].Id) : null;
        return TypedResults.Ok(new DeliveryList([.. attempts.Take(query.PageSize).Select(DeliveryView.Of)], query.NextToken(next)));
    }

    private static async Task<Ok<WebhookView>> RotateAsync([Description(Id)] string webhookId, RotateWebhookBody body, HttpContext http, WebhookEditor editor, WebhookViews views) =>
        TypedResults.Ok(await views.OfAsync(http, await editor.RotateAsync(http.Caller(), webhookId, body, http.Request.Key(body.Json))));

    private static async Task<Accepted<WebhookView>> ReplayAsync([Description(Id)] string webhookId, ReplayWebhookBody body, HttpContext http, WebhookEditor editor, WebhookViews views)
    {
        var row = await editor.ReplayAsync(http.Caller(), webhookId, body.Cursor);
        return TypedResults.Accepted("/v1/webhooks/" + row.WebhookId, await views.OfAsync(row));
    }

    private static async Task<Ok<WebhookTestView>> TestAsync(
        [Description(Id)] string webhookId, EmptyBody body, HttpContext http, WebhookEditor editor, WebhookTargets targets, WebhookSender sender, Ids ids, TimeProvider time, CancellationToken cancellationToken)
    {
        var row = await editor.FindAsync(http.Caller(), webhookId);
        // No event of the log: it has no place in it.
        var id = "test_" + ids.NextRandom().ToString("N", CultureInfo.InvariantCulture);
        var reply = await sender.SendAsync(targets.Of(row)!, id, TestEvent(row, id, time.Now()), cancellationToken);
        return TypedResults.Ok(new WebhookTestView(id, reply.Delivered, reply.Status, reply.Error, (long)reply.Took.TotalMilliseconds));
    }

    private static ReadOnlyMemory<byte> TestEvent(WebhookRow row, string id, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", id);
        json.WriteString("source", "/v1/webhooks");
        json.WriteString("type", "webhook.test");
        json.WriteString("subject", row.WebhookId.ToString());
        json.WriteString("time", now.UtcDateTime);
        json.WriteString("datacontenttype", "application/json");
        json.WriteStartObject("data");
        json.WriteString("webhookId", row.WebhookId.ToString());
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
