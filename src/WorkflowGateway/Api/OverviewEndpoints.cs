using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal static class OverviewEndpoints
{
    public static void MapOverview(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/interactions", WaitingAsync)
            .Called("listInteractions", "Lists pending interactions over all vendors, nearest deadline first.").RequireRole(Role.Viewer, KeyOperations.List)
            .Query(Parameters.PageSize, Parameters.PageToken)
            .Gives<WaitingList>(StatusCodes.Status200OK, "A page.").Refuses("page-token-invalid");
        v1.MapGet("/counts", CountAsync)
            .Called("countRuns", "Counts runs by status, workflow, vendor and connection.").RequireRole(Role.Viewer, KeyOperations.List)
            .Gives<CountList>(StatusCodes.Status200OK, "The counts that are not zero.").Refuses();
    }

    private static async Task<Ok<WaitingList>> WaitingAsync(HttpContext http, LedgerReader ledger)
    {
        var query = new ListQuery(http.Request);
        var page = await ledger.ListWaitingAsync(http.Caller(), query.Cursor, query.PageSize);
        return TypedResults.Ok(new WaitingList([.. page.Runs.SelectMany(WaitingView.Of)], query.NextToken(page.Next)));
    }

    private static async Task<Ok<CountList>> CountAsync(HttpContext http, LedgerReader ledger)
    {
        var rows = await ledger.CountRunsAsync(http.Caller().Tenant);
        return TypedResults.Ok(new CountList([.. rows.Where(row => row.Count > 0 && http.Caller().Sees(row.Workflow)).Select(row =>
            new CountView(row.Workflow, row.Vendor, row.Connection, RunViewWords.Of(row.Status), row.Count))]));
    }
}
