using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal static class LogEndpoint
{
    public static void MapLogs(this IEndpointRouteBuilder v1) =>
        v1.MapGet("/runs/{runId}/logs", GetAsync)
            .Called("getRunLogs", "Reads the vendor's logs of a run, where the vendor has them.").RequireRole(Role.Viewer, KeyOperations.Logs)
            .Query(new QueryParameter("part", "One part of the run (Fortanix: a runtime config id)."))
            .Headers(Parameters.VendorToken)
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]) { Description = "The logs, 4 MiB at most." })
            .Refuses("run-not-found", "not-found", "action-unavailable", "capability-unsupported", "vendor-rejected", "rate-limited", "vendor-contract",
                "vendor-auth-failed", "vendor-credential-refused", "vendor-unavailable");

    private static async Task<ContentHttpResult> GetAsync(string runId, HttpContext http, LedgerReader ledger, RunnerRegistry runners, CancellationToken cancellationToken)
    {
        var part = new ListQuery(http.Request).One("part");
        var run = await ledger.FindAsync(http, runId);
        var connection = ConnectionOf(run, runners);
        var own = connection.Config.CallerCredential ? http.Request.VendorToken() : null;
        try
        {
            using var permit = await connection.EnterAsync(cancellationToken);
            var text = await connection.CallAsync((runner, token) => ((IRunLogs)runner).GetLogsAsync(run.VendorRun(own), part, token), cancellationToken);
            return TypedResults.Text(text, "text/plain; charset=utf-8");
        }
        catch (RunnerException exception) when (own is not null && exception.Error.Kind == RunnerErrorKind.Unauthorized)
        {
            throw new RefusedException("vendor-credential-refused", exception.Message) { Run = run, Vendor = run.Vendor, VendorStatus = exception.Error.VendorStatus };
        }
    }

    private static ConnectionRunner ConnectionOf(RunRow run, RunnerRegistry runners)
    {
        if (runners.Of(run) is not { } connection)
            throw new RefusedException("action-unavailable", $"The connection '{run.Connection}' is no longer the one that serves this run.") { Run = run };
        if (connection.Runner is not IRunLogs || !connection.Info.Operations.Contains(RunOperation.Logs))
            throw new RefusedException("capability-unsupported", $"{connection.Info.DisplayName} has no logs.") { Run = run, Vendor = run.Vendor };
        return run.Bound ? connection : throw new RefusedException("action-unavailable", $"{connection.Info.DisplayName} has not named its run yet.") { Run = run };
    }
}
