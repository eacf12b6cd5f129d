using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Audit;

internal static class AuditEndpoint
{
    public static void MapAudit(this IEndpointRouteBuilder v1) =>
        v1.MapGet("/audit", ListAsync)
            .Called("listAudit", "Lists who did what to what, newest first: never with what.").RequireRole(Role.Operator, KeyOperations.Audit)
            .Query(
                new("action", "Only this operation, as it is named here: startRun, stopRun, createKey, …"),
                new("actor", "Only what this one did: a key's id, token: and a token's subject, local, cli or gateway."),
                new("target", "Only what was done to this: the id of a run, webhook or key, or a connection's name."),
                new("createdAfter", "Only what was done after this time (RFC 3339)."),
                new("createdBefore", "Only what was done before this time (RFC 3339)."),
                Parameters.PageSize, Parameters.PageToken)
            .Gives<AuditList>(StatusCodes.Status200OK, "A page.").Refuses("page-token-invalid");

    private static async Task<Ok<AuditList>> ListAsync(HttpContext http, LedgerReader reader)
    {
        var query = new ListQuery(http.Request);
        var filter = new AuditFilter
        {
            Tenant = http.Caller().Tenant,
            Action = query.One("action"),
            Actor = query.One("actor"),
            Target = query.One("target"),
            After = query.Time("createdAfter"),
            Before = query.Time("createdBefore"),
        };
        query.Done();
        long? before = query.Cursor is not { } cursor ? null
            : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : throw PageToken.Invalid("The token is not one that this list gave.");
        var page = await reader.ListAuditAsync(filter, before, query.PageSize);
        return TypedResults.Ok(new AuditList([.. page.Rows.Select(AuditView.Of)], query.NextToken(page.Next?.ToString(CultureInfo.InvariantCulture))));
    }
}

/// <summary>Something that somebody did, or was refused.</summary>
internal sealed record AuditView
{
    [Description("Its place in the log.")]
    public required string Id { get; init; }

    [Description("When.")]
    public required DateTime At { get; init; }

    [Description("The tenant of what it was done to; * for what is of all.")]
    public required string Tenant { get; init; }

    [Description("Who: the id of an API key, token: and a token's subject, local where there are no keys, cli for the command line, gateway for itself.")]
    public required string Actor { get; init; }

    [Description("viewer, caller or operator.")]
    public required string Role { get; init; }

    [Description("The operation's id, or startGateway, swapConfiguration, refuseConfiguration and copyStore.")]
    public required string Action { get; init; }

    [Description("What it was done to: the id of a run, webhook or key, a connection's name, the revision of a configuration.")]
    public required string? Target { get; init; }

    [Description("done where the ledger has it; replayed; a problem's code; else the status of the answer. What a vendor refuses later has a second row, and so has what came of a native call, whose first row says sending.")]
    public required string Outcome { get; init; }

    [Description("Of a configuration: its file, and what served before.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    [Description("The request's trace, as in problems and logs.")]
    public required string? TraceId { get; init; }

    [Description("The address at the other end of the connection.")]
    public required string? Address { get; init; }

    public static AuditView Of(AuditRow row) => new()
    {
        Id = row.Seq.ToString(CultureInfo.InvariantCulture),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.At).UtcDateTime,
        Tenant = row.Tenant,
        Actor = row.Actor,
        Role = row.Role,
        Action = row.Action,
        Target = row.Target,
        Outcome = row.Outcome,
        Detail = row.Detail,
        TraceId = row.TraceId,
        Address = row.Address,
    };
}

/// <summary>A page of the audit log.</summary>
/// <param name="Audit">Newest first.</param>
/// <param name="NextPageToken">The pageToken of the next page. Left out at the end.</param>
internal sealed record AuditList(
    IReadOnlyList<AuditView> Audit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);
