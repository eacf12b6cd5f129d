using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;
using WorkflowGateway.VendorEvents;

namespace WorkflowGateway.Api;

internal static class CatalogEndpoints
{
    public static void MapCatalog(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/workflows", Workflows)
            .Called("listWorkflows", "Lists the workflows that the caller may start.").RequireRole(Role.Viewer, KeyOperations.List)
            .Gives<WorkflowList>(StatusCodes.Status200OK, "All of them.").Refuses();
        v1.MapGet("/workflows/{name}", FindWorkflow)
            .Called("getWorkflow", "Reads a workflow.").RequireRole(Role.Viewer, KeyOperations.List)
            .Gives<WorkflowView>(StatusCodes.Status200OK, "The workflow.").Refuses("unknown-workflow");
        v1.MapGet("/connections", Connections)
            .Called("listConnections", "Lists the connections that serve the caller.").RequireRole(Role.Operator, KeyOperations.Connections)
            .Gives<ConnectionList>(StatusCodes.Status200OK, "All of them.").Refuses();
        v1.MapGet("/connections/{name}", FindConnection)
            .Called("getConnection", "Reads a connection.").RequireRole(Role.Operator, KeyOperations.Connections)
            .Gives<ConnectionView>(StatusCodes.Status200OK, "The connection.").Refuses("not-found");
    }

    private static Ok<WorkflowList> Workflows(HttpContext http, LiveCatalog catalog)
    {
        var (now, tenant) = (catalog.Current, http.Caller().Tenant);
        return TypedResults.Ok(new WorkflowList([.. Served(now, http.Caller()).Select(workflow => WorkflowView.Of(workflow, now, tenant))]));
    }

    private static async Task<Ok<WorkflowView>> FindWorkflow([Description("The name of the workflow.")] string name, HttpContext http, LiveCatalog catalog, LedgerReader reader)
    {
        var (now, tenant) = (catalog.Current, http.Caller().Tenant);
        var served = Served(now, http.Caller()).ToList();
        return served.FirstOrDefault(workflow => workflow.Name == name) is { } found
            ? TypedResults.Ok(WorkflowView.Of(found, now, tenant) with { OpenRuns = await OpenRunsView.OfAsync(reader, name, null, tenant) })
            : throw new RefusedException("unknown-workflow", $"There is no workflow '{name}'. {Suggestion.For(name, [.. served.Select(workflow => workflow.Name)])}");
    }

    private static async Task<Ok<ConnectionList>> Connections(
        HttpContext http, RunnerRegistry runners, LedgerReader reader, Replicas replicas, LiveCatalog catalog, VendorEventInboxes inboxes)
    {
        var views = new List<ConnectionView>();
        foreach (var connection in Served(runners, http.Caller().Tenant)) views.Add(await ViewAsync(connection, http, reader, inboxes, null));
        return TypedResults.Ok(new ConnectionList(
            views, [.. replicas.Live.Select(one => ReplicaView.Of(one, replicas.Id))], ConfigurationView.Of(catalog, replicas, http.Caller().Tenant)));
    }

    private static async Task<Ok<ConnectionView>> FindConnection(
        [Description("The name of the connection.")] string name, HttpContext http, RunnerRegistry runners, LedgerReader reader, VendorEventInboxes inboxes)
    {
        var served = Served(runners, http.Caller().Tenant).ToList();
        return served.FirstOrDefault(connection => connection.Config.Name == name) is { } found
            ? TypedResults.Ok(await ViewAsync(found, http, reader, inboxes, await OpenAtAsync(found, http, reader)))
            : throw new RefusedException("not-found", $"There is no connection '{name}'. {Suggestion.For(name, [.. served.Select(one => one.Config.Name)])}");
    }

    private static async Task<ConnectionView> ViewAsync(
        ConnectionRunner connection, HttpContext http, LedgerReader reader, VendorEventInboxes inboxes, IReadOnlyList<OpenRunsView>? open) => ConnectionView.Of(
        connection, await OrphansView.OfAsync(reader, connection.Config.Name, http.Caller().Tenant), inboxes.Find(connection.Config.Name)?.Counts, open, http.Caller().Tenant is not { } tenant || connection.Config.IsOf(tenant));

    // Of all workflows that ever ran there, also of those that nobody can start any more.
    private static async Task<List<OpenRunsView>> OpenAtAsync(ConnectionRunner connection, HttpContext http, LedgerReader reader)
    {
        var (name, tenant) = (connection.Config.Name, http.Caller().Tenant);
        var workflows = (await reader.CountRunsAsync(tenant)).Where(count => count.Connection == name && !count.Status.IsFinal()).Select(count => count.Workflow).Distinct();
        var views = new List<OpenRunsView>();
        foreach (var workflow in workflows) views.AddRange(await OpenRunsView.OfAsync(reader, workflow, name, tenant));
        return views;
    }

    private static IEnumerable<Workflow> Served(CatalogSnapshot catalog, Caller caller) => catalog.Workflows.Values
        .Where(workflow => workflow.Serves(caller.Tenant) && caller.Sees(workflow.Name)).OrderBy(workflow => workflow.Name, StringComparer.Ordinal);

    private static IEnumerable<ConnectionRunner> Served(RunnerRegistry runners, string? tenant) => runners.All
        .Where(connection => connection.Config.Serves(tenant)).OrderBy(connection => connection.Config.Name, StringComparer.Ordinal);
}
