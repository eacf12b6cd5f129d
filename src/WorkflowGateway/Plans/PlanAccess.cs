using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Plans;

/// <summary>A plan shows what goes on at vendor accounts: to their only tenant, or to who sees all.</summary>
internal static class PlanAccess
{
    /// <exception cref="RefusedException">It may not be seen.</exception>
    public static void Check(PlanScope scope, params CatalogSnapshot[] catalogs)
    {
        if (scope.Tenant is not { } tenant) return;
        foreach (var catalog in catalogs)
        {
            var shared = catalog.Workflows.Values.Where(workflow => scope.Takes(workflow.Name) && workflow.Serves(tenant))
                .FirstOrDefault(workflow => workflow.Routes.Any(route => !catalog.Connections[route.Connection].IsOf(tenant)));
            if (shared is null) continue;
            throw new RefusedException("forbidden",
                $"The workflow {shared.Name} has a route over a connection that is not the tenant {tenant}'s alone. Name other workflows in workflows, or use a key of tenant *.");
        }
    }
}
