using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>What callers may start.</summary>
/// <param name="Name">The name to start it by.</param>
/// <param name="Description">What it does; null where nobody has written it.</param>
/// <param name="InputSchema">JSON Schema of its input; null for anything.</param>
/// <param name="Example">An input that the schema allows; null where there is none.</param>
/// <param name="Operations">What every route of it serves that is enabled, of start, get, list, respond, data, pause, resume, stop and logs.</param>
/// <param name="RequireIdempotencyKey">Whether a start needs an Idempotency-Key.</param>
/// <param name="Routes">The ways to have it done, in the order in which they are tried.</param>
/// <param name="OpenRuns">What is still open of it, by connection and route, also where those are no longer enabled or gone. Left out in lists.</param>
internal sealed record WorkflowView(
    string Name, string? Description, JsonElement? InputSchema, JsonElement? Example, IReadOnlyList<string> Operations,
    bool RequireIdempotencyKey, IReadOnlyList<WorkflowRouteView> Routes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<OpenRunsView>? OpenRuns = null)
{
    public static WorkflowView Of(Workflow workflow, CatalogSnapshot catalog, string? tenant)
    {
        var routes = workflow.Routes
            .Select(route => (route, connection: catalog.Connections[route.Connection]))
            .Where(pair => pair.connection.Serves(tenant))
            .ToList();
        var open = routes.Where(pair => pair.route.Enabled && pair.connection.Enabled).Select(pair => pair.connection.Adapter.Info.Operations).ToList();
        return new WorkflowView(
            workflow.Name, workflow.Description, workflow.InputSchema?.Json, workflow.Example,
            [.. Enum.GetValues<RunOperation>().Where(operation => open.Count > 0 && open.All(set => set.Contains(operation))).Select(RunViewWords.Of)],
            workflow.RequireIdempotencyKey,
            [.. routes.Select(pair => WorkflowRouteView.Of(pair.route, pair.connection))]);
    }
}

/// <summary>A way to have a workflow done.</summary>
/// <param name="Name">Its name within the workflow.</param>
/// <param name="Vendor">The vendor that it goes to.</param>
/// <param name="Connection">The connection that it goes over.</param>
/// <param name="When">Which starts it takes: values by tenant, labels.name and input.a.b; empty for all.</param>
/// <param name="Weight">Its share among the routes with the same when, 0 to 1,000,000.</param>
/// <param name="Fallback">The names of the routes that stand in for it, in order, where certainly nothing was started over it.</param>
/// <param name="Enabled">Whether it and its connection are in use.</param>
internal sealed record WorkflowRouteView(string Name, string Vendor, string Connection, JsonElement When, double Weight, IReadOnlyList<string> Fallback, bool Enabled)
{
    public static WorkflowRouteView Of(Catalog.Route route, ConnectionConfig connection) => new(
        route.Name, connection.VendorName, connection.Name, JsonElement.Parse(route.When.Key), route.Weight, route.Fallback, route.Enabled && connection.Enabled);
}

/// <summary>Workflows.</summary>
/// <param name="Workflows">By name.</param>
internal sealed record WorkflowList(IReadOnlyList<WorkflowView> Workflows);
