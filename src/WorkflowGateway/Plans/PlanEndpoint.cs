using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Audit;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Plans;

internal static class PlanEndpoint
{
    public static void MapPlan(this IEndpointRouteBuilder v1) =>
        v1.MapPost("/routes/plan", PlanAsync).ChangesNothing()
            .Called("planRoutes", "Shows what a new configuration would change, by the starts that were recorded.").RequireRole(Role.Operator, KeyOperations.Plan)
            .Takes<PlanBody>("""{"configuration":{"connections":{},"workflows":{}},"hours":24}""")
            .Gives<PlanView>(StatusCodes.Status200OK, "What would change. Nothing was stored, and no vendor called.")
            .Refuses("malformed-json", "payload-too-large", "unsupported-media-type", "rate-limited");

    private static async Task<Ok<PlanView>> PlanAsync(
        PlanBody body, HttpContext http, LiveCatalog catalog, Planner planner, CatalogContext context, CancellationToken cancellationToken)
    {
        var before = catalog.Current;
        var after = Read(body, before, context);
        var scope = new PlanScope(http.Caller().Tenant, body.Window, body.Workflows);
        PlanAccess.Check(scope, before, after);
        if (scope.Mistake(before, after) is { } mistake) throw new RefusedException("validation-failed", mistake) { Errors = [new FieldError("/workflows", mistake)] };
        return TypedResults.Ok(await planner.PlanAsync(before, after, scope, null, cancellationToken));
    }

    /// <exception cref="RefusedException">It cannot be used; says everything that is wrong with it.</exception>
    private static CatalogSnapshot Read(PlanBody body, CatalogSnapshot before, CatalogContext context)
    {
        try
        {
            return CatalogChanges.WithKnownAccounts(before, CatalogReader.Read("configuration", body.File, context with { ReadsReferences = false }));
        }
        catch (CatalogException wrong)
        {
            throw new RefusedException("validation-failed", $"The configuration cannot be used: {PlanWarnings.Count(wrong.Problems.Count, "problem")}.")
            {
                Errors = [.. wrong.Problems.Select(problem => new FieldError("/configuration" + problem.Path, $"{problem.File}:{problem.Line}:{problem.Column}: {problem.Message}"))],
            };
        }
    }
}
