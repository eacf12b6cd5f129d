using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowGateway.Catalog;

/// <summary>Which route a start takes: the first that can, and where several share its <c>when</c>, one of them by weight.</summary>
internal static class RoutePicker
{
    /// <summary>Every route with the reason why it is not taken; the one taken has none.</summary>
    public static IReadOnlyList<RouteVerdict> Judge(CatalogSnapshot catalog, Workflow workflow, PlanRequest request)
    {
        var verdicts = workflow.Routes.Select(route => new RouteVerdict(route, Obstacle(catalog, route, request))).ToList();
        var able = verdicts.Where(verdict => verdict.Reason is null).Select(verdict => verdict.Route).ToList();
        if (able.Count == 0) return verdicts;
        var group = able.Where(route => route.When.Key == able[0].When.Key).ToList();
        var taken = ByWeight(group, request);
        return [.. verdicts.Select(verdict => verdict.Reason is not null || verdict.Route == taken ? verdict : verdict with
        {
            Reason = group.Contains(verdict.Route) ? "Another route of the same weight group was drawn." : "A route before it matches.",
        })];
    }

    private static string? Obstacle(CatalogSnapshot catalog, Route route, PlanRequest request)
    {
        var connection = catalog.Connections[route.Connection];
        return !route.Enabled ? "It is not enabled."
            : !connection.Enabled ? $"Its connection '{connection.Name}' is not enabled."
            : request.Connection is { } wanted && wanted != connection.Name ? $"It goes to '{connection.Name}', not to '{wanted}'."
            : !connection.Serves(request.Tenant) ? "Its connection does not serve this tenant."
            : route.Weight <= 0 ? "Its weight is 0."
            : route.When.FirstMiss(request) is { } miss ? $"Its condition on {miss.Subject} does not hold."
            : null;
    }

    private static Route ByWeight(List<Route> group, PlanRequest request)
    {
        if (group.Count == 1) return group[0];
        var point = Fraction(request) * group.Sum(route => route.Weight);
        foreach (var route in group)
        {
            point -= route.Weight;
            if (point < 0) return route;
        }

        return group[^1];
    }

    // A repeated request must take the same route, on every replica.
    private static double Fraction(PlanRequest request)
    {
        var hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(request.Tenant ?? "*"), 0, .. request.StickyKey.Span]);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) / (double)(1UL << 53);
    }
}
