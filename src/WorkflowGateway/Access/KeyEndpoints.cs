using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Api;

namespace WorkflowGateway.Access;

internal static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/keys", CreateAsync)
            .Called("createKey", "Makes an API key. It is shown in this answer and never again.").RequireRole(Role.Operator, KeyOperations.Keys).Headers(Parameters.Key)
            .Takes<CreateKeyBody>("""{"role":"caller","tenant":"eu","name":"billing service","workflows":["cancel-subscription"],"operations":["start","get"],"limits":{"rate":50}}""")
            .Gives<KeyView>(StatusCodes.Status201Created, "The key, this once with its text.")
            .Refuses("malformed-json", "payload-too-large", "unsupported-media-type", "idempotency-key-reused");
        v1.MapGet("/keys", ListAsync)
            .Called("listKeys", "Lists the API keys of the ledger, newest first, revoked ones too. Those of the settings are not among them.").RequireRole(Role.Operator, KeyOperations.Keys)
            .Query(Parameters.PageSize, Parameters.PageToken).Gives<KeyList>(StatusCodes.Status200OK, "A page.").Refuses("page-token-invalid");
        v1.MapDelete("/keys/{keyId}", RevokeAsync)
            .Called("revokeKey", "Revokes an API key: it opens nothing any more, at every replica within five seconds.").RequireRole(Role.Operator, KeyOperations.Keys)
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent) { Description = "It is revoked." }).Refuses("not-found");
    }

    private static async Task<Created<KeyView>> CreateAsync(CreateKeyBody body, HttpContext http, KeyEditor editor)
    {
        var made = await editor.CreateAsync(http.Caller(), body.Asked, http.Request.Key(body.Json));
        if (made.Text is null) http.Response.Headers["Idempotent-Replayed"] = "true";
        return TypedResults.Created("/v1/keys/" + made.Row.Id, KeyView.Of(made.Row) with { Key = made.Text });
    }

    private static async Task<Ok<KeyList>> ListAsync(HttpContext http, KeyEditor editor)
    {
        var query = new ListQuery(http.Request);
        var rows = await editor.ListAsync(http.Caller(), query.Cursor, query.PageSize + 1);
        var next = rows.Count > query.PageSize ? rows[query.PageSize - 1].Id : null;
        return TypedResults.Ok(new KeyList([.. rows.Take(query.PageSize).Select(KeyView.Of)], query.NextToken(next)));
    }

    private static async Task<NoContent> RevokeAsync([Description("The id of the key: its middle part.")] string keyId, HttpContext http, KeyEditor editor)
    {
        await editor.RevokeAsync(http.Caller(), keyId);
        return TypedResults.NoContent();
    }
}
