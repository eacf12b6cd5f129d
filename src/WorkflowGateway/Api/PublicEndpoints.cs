using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Api;

/// <summary>What needs no key.</summary>
internal static class PublicEndpoints
{
    public static void MapPublic(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", () => TypedResults.Ok(new RootView(
                "workflow-gateway", "/v1/workflows", "/v1/runs", "/openapi/v1.json", "/problems", "/health/ready")))
            .Called("root", "Says where things are.").Public().Gives<RootView>(StatusCodes.Status200OK, "Where things are.");
        app.MapGet("/health/live", () => TypedResults.Ok(new HealthView("live")))
            .Called("live", "Whether the process answers.").Public().DisableHttpMetrics().Gives<HealthView>(StatusCodes.Status200OK, "It does.");
        app.MapGet("/health/ready", ReadyAsync)
            .Called("ready", "Whether requests can be served: the store is reachable, and the process does not stop. No vendor's state matters. A configuration file that was refused is told, and ends nothing.").Public().DisableHttpMetrics()
            .Gives<HealthView>(StatusCodes.Status200OK, "They can.").Refuses();
        app.MapGet("/problems", () => TypedResults.Ok(new ProblemKindList([.. Problems.All.Select(ProblemKindView.Of)])))
            .Called("listProblems", "Lists all problems.").Public().Gives<ProblemKindList>(StatusCodes.Status200OK, "All of them.");
        app.MapGet("/problems/{code}", FindProblem)
            .Called("getProblem", "Says what a problem means and what to do.").Public()
            .Gives<ProblemKindView>(StatusCodes.Status200OK, "The problem.").Refuses("not-found");
    }

    private static async Task<Ok<HealthView>> ReadyAsync(LedgerReader ledger, LiveCatalog catalog, ConfigWatcher watcher, Replicas replicas, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) throw new RefusedException("stopping", "Nothing new is taken: the process ends.");
        if (!await ledger.TryPingAsync()) throw new RefusedException("storage-unavailable", "The store does not answer.");
        // Never why: it is open to everyone.
        var (fault, agree) = (catalog.Fault, replicas.Agree);
        return TypedResults.Ok(new HealthView(
            fault is null && agree && !watcher.Hangs ? "ready" : "degraded", new HealthConfigurationView(catalog.Current.Revision, fault?.Since.UtcDateTime, agree)));
    }

    private static Ok<ProblemKindView> FindProblem([Description("The code of the problem.")] string code) => Problems.Find(code) is { } kind
        ? TypedResults.Ok(ProblemKindView.Of(kind))
        : throw new RefusedException("not-found", $"There is no problem '{code}'. {Suggestion.For(code, [.. Problems.All.Select(one => one.Code)])}");
}
