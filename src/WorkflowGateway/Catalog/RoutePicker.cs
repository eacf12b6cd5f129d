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
        var verdicts = workflow.Routes.Select(route => new RouteVerdict(route, Obstacle(catalog, route, request) ?? (route.Weight <= 0 ? "Its weight is 0." : null))).ToList();
        var able = verdicts.Where(verdict => verdict.Reason is null).Select(verdict => verdict.Route).ToList();
        if (able.Count == 0) return verdicts;
        var group = able.Where(route => route.When.Key == able[0].When.Key).ToList();
        var taken = ByWeight(group, request);
        var whole = group.Sum(route => route.Weight);
        return [.. verdicts.Select(verdict =>
            verdict.Reason is not null ? verdict
            : !group.Contains(verdict.Route) ? verdict with { Reason = "A route before it matches." }
            : new RouteVerdict(verdict.Route, verdict.Route == taken ? null : "Another route of the same weight group was drawn.", verdict.Route.Weight / whole))];
    }

    /// <summary>Why a route cannot take a start at all; null where it can.</summary>
    public static string? Obstacle(CatalogSnapshot catalog, Route route, PlanRequest request)
    {
        var connection = catalog.Connections[route.Connection];
        // First: what else there is to say of it is not for a tenant that it does not serve.
        return !connection.Serves(request.Tenant) ? "Its connection does not serve this tenant."
            : !route.Enabled ? "It is not enabled."
            : !connection.Enabled ? $"Its connection '{connection.Name}' is not enabled."
            : request.Connection is { } wanted && wanted != connection.Name ? $"It goes to '{connection.Name}', not to '{wanted}'."
            : route.When.FirstMiss(request) is { } miss ? $"Its condition on {miss.Subject} does not hold."
            : null;
    }

    // The one that draws best. Each draws by itself, so that a change of one weight moves only what that route gains or loses.
    private static Route ByWeight(List<Route> group, PlanRequest request) =>
        group.Count == 1 ? group[0] : group.MinBy(route => -Math.Log(Fraction(route, request)) / route.Weight)!;

    // A repeated request must take the same route, on every replica. In (0, 1).
    private static double Fraction(Route route, PlanRequest request)
    {
        byte[] drawn = [.. Encoding.UTF8.GetBytes(request.Tenant ?? "*"), 0, .. SHA256.HashData(request.StickyKey.Span), .. Encoding.UTF8.GetBytes(route.Name)];
        return ((BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(drawn)) >> 12) + 0.5) / (1UL << 52);
    }
}
