namespace WorkflowGateway.Catalog;

internal static class StartPlanner
{
    /// <summary>Where a start goes.</summary>
    /// <exception cref="Runs.RefusedException">It can go nowhere.</exception>
    public static PlannedStart Plan(CatalogSnapshot catalog, PlanRequest request) => throw new Runs.RefusedException("unknown-workflow", request.Workflow + catalog.Revision);
}
