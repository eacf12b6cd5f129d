namespace WorkflowGateway.Catalog;

internal static class Tenancy
{
    /// <param name="allowed">Null for all tenants.</param>
    /// <param name="tenant">Null for a caller that sees all tenants.</param>
    public static bool Allows(IReadOnlySet<string>? allowed, string? tenant) => tenant is null || allowed is null || allowed.Contains(tenant);
}
