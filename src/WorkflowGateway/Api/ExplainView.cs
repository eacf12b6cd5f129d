using WorkflowGateway.Catalog;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Where a start would go now, and why.</summary>
/// <param name="Workflow">The workflow.</param>
/// <param name="Revision">The configuration by which it is decided: sha256: and its hash.</param>
/// <param name="Route">The name of the route that it takes.</param>
/// <param name="Now">The name of the route that it would be sent over at this moment: the one taken, or the first of its fall-backs whose connection admits it. Null where none does: it would be refused, and nothing stored.</param>
/// <param name="Routes">Every route of the workflow, in order.</param>
/// <param name="Fallbacks">The routes that stand in for the one taken, in order, where certainly nothing was started before.</param>
/// <param name="Connections">The connections of these routes, as they fare in the process that answers.</param>
/// <param name="Request">What the vendor of the route taken would get, credentials left out.</param>
internal sealed record ExplainView(
    string Workflow, string Revision, string Route, string? Now, IReadOnlyList<RouteVerdictView> Routes, IReadOnlyList<FallbackVerdictView> Fallbacks,
    IReadOnlyList<RouteConnectionView> Connections, PreviewRequestView Request)
{
    public static ExplainView Of(PreparedStart start)
    {
        var (catalog, workflow, tenant) = (start.Current.Catalog, start.Plan.Workflow, start.Wanted.Tenant);
        var shown = workflow.Routes.Select(route => start.Current.Find(route.Connection)!).Where(connection => connection.Config.Serves(tenant)).Distinct().ToList();
        var routes = workflow.Routes.Where(route => catalog.Connections[route.Connection].Serves(tenant)).Select(route => route.Name).ToHashSet(StringComparer.Ordinal);
        var able = start.Fallbacks.Where(verdict => verdict.Plan is not null).Select(verdict => verdict.Route).Prepend(start.Plan.Route);
        var request = StartPreparation.Show(start.Start.Start, start.Start.Connection);
        return new ExplainView(
            workflow.Name, catalog.Revision, start.Plan.Route.Name,
            able.FirstOrDefault(route => RouteConnectionView.Of(start.Current.Find(route.Connection)!).Admits)?.Name,
            // Another tenant's connection is not there for this one.
            [.. RoutePicker.Judge(catalog, workflow, start.Wanted).Where(verdict => routes.Contains(verdict.Route.Name))
                .Select(verdict => RouteVerdictView.Of(verdict, catalog.Connections[verdict.Route.Connection], routes))],
            [.. start.Fallbacks.Where(verdict => routes.Contains(verdict.Route.Name))
                .Select(verdict => new FallbackVerdictView(verdict.Route.Name, verdict.Route.Connection, verdict.Plan is not null, verdict.Reason))],
            [.. shown.Select(RouteConnectionView.Of)],
            new PreviewRequestView(request.Method.Method, request.Path, request.Body));
    }
}

/// <summary>A route, and whether the start takes it.</summary>
/// <param name="Name">Its name within the workflow.</param>
/// <param name="Vendor">The vendor that it goes to.</param>
/// <param name="Connection">The connection that it goes over.</param>
/// <param name="Taken">Whether the start takes it.</param>
/// <param name="Reason">Why it does not, for people; null for the route taken.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Share">Its part, from 0 to 1, of the starts like this one; null where it takes none of them.</param>
/// <param name="Fallback">The names of the routes that stand in for it, in order.</param>
internal sealed record RouteVerdictView(string Name, string Vendor, string Connection, bool Taken, string? Reason, double Weight, double? Share, IReadOnlyList<string> Fallback)
{
    public static RouteVerdictView Of(RouteVerdict verdict, ConnectionConfig connection, HashSet<string> shown) => new(
        verdict.Route.Name, connection.VendorName, connection.Name, verdict.Reason is null, verdict.Reason, verdict.Route.Weight, verdict.Share, [.. verdict.Route.Fallback.Where(shown.Contains)]);
}

/// <summary>A route that stands in, and whether it can.</summary>
/// <param name="Name">Its name within the workflow.</param>
/// <param name="Connection">The connection that it goes over.</param>
/// <param name="Able">Whether it can take this start.</param>
/// <param name="Reason">Why it cannot, for people; null where it can.</param>
internal sealed record FallbackVerdictView(string Name, string Connection, bool Able, string? Reason);

/// <summary>How a connection fares now, in the process that answers.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Vendor">The vendor, in lower case.</param>
/// <param name="Enabled">Whether new runs may go over it.</param>
/// <param name="Breaker">Whether calls are kept away from it.</param>
/// <param name="PausedUntil">Until when the vendor asked to be left alone; null where it does not.</param>
/// <param name="Concurrency">The most calls at once, per replica.</param>
/// <param name="InFlight">How many of this replica are under way now.</param>
/// <param name="Admits">Whether it would take a start at this moment.</param>
internal sealed record RouteConnectionView(
    string Name, string Vendor, bool Enabled, BreakerView Breaker, DateTime? PausedUntil, int Concurrency, int InFlight, bool Admits)
{
    public static RouteConnectionView Of(ConnectionRunner connection) => new(
        connection.Config.Name, connection.Info.Vendor, connection.Config.Enabled, BreakerView.Of(connection.Circuit), connection.PausedUntil?.UtcDateTime,
        connection.Config.Concurrency, connection.Limits.InFlight,
        connection.Config.Enabled && connection.Away == TimeSpan.Zero && connection.Limits.InFlight < connection.Config.Concurrency);
}
