using WorkflowGateway.Runs;

namespace WorkflowGateway.Catalog;

/// <summary>Whether a route can stand in for another, and if not, why.</summary>
/// <param name="Route">The route.</param>
/// <param name="Plan">What would be sent over it; null where it cannot take the start.</param>
/// <param name="Reason">Why it cannot; null where it can.</param>
internal sealed record FallbackVerdict(Route Route, PlannedStart? Plan, string? Reason);

/// <summary>Which routes stand in for the one that a start takes, should certainly nothing be started there. Pure, and at the same snapshot: the run's revision says true whichever it comes to.</summary>
internal static class FallbackPlanner
{
    /// <summary>All that the route names, in its order.</summary>
    public static IReadOnlyList<FallbackVerdict> Judge(CatalogSnapshot catalog, PlanRequest request, PlannedStart first)
    {
        var verdicts = new List<FallbackVerdict>();
        var left = first.Connection;
        foreach (var route in first.Route.Fallback.Select(name => first.Workflow.Routes.First(route => route.Name == name)))
        {
            var verdict = Judge(catalog, request, first.Workflow, route, left);
            verdicts.Add(verdict);
            if (verdict.Plan is { } plan) left = plan.Connection;
        }

        return verdicts;
    }

    private static FallbackVerdict Judge(CatalogSnapshot catalog, PlanRequest request, Workflow workflow, Route route, ConnectionConfig left)
    {
        if (RoutePicker.Obstacle(catalog, route, request) is { } obstacle) return new FallbackVerdict(route, null, obstacle);
        // The end user gave a token for one account. Another vendor is none of its addressees, and once it was dropped it is gone.
        if (catalog.Connections[route.Connection] is { CallerCredential: true } connection && !(left.CallerCredential && left.Identity == connection.Identity))
            return new FallbackVerdict(route, null, $"Its connection '{connection.Name}' takes the end user's token, and the one at hand is for another account.");
        try
        {
            return new FallbackVerdict(route, StartPlanner.Fill(catalog, workflow, route, request), null);
        }
        catch (RefusedException refused)
        {
            return new FallbackVerdict(route, null, refused.Message);
        }
    }
}
