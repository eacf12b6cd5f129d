using System.ComponentModel;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Juo;

/// <summary>What only a connection to Juo has.</summary>
public sealed record JuoSettings
{
    internal const string TenantHeader = "X-Tenant-ID";

    [Description("The store that all calls of the connection are about, sent as X-Tenant-ID: my-store.myshopify.com, for example.")]
    public required string TenantId { get; init; }

    internal static string? TenantOf(JsonElement settings) => settings.Text("tenantId")?.Trim() is { Length: > 0 } tenant ? tenant : null;

    internal static IEnumerable<ConfigurationProblem> Check(VendorConnection connection)
    {
        foreach (var problem in ConfigurationProblems.Unknown(connection.Settings, "", ["tenantId"])) yield return problem;
        var tenant = TenantOf(connection.Settings);
        if (tenant is null)
            yield return new("/tenantId", "The tenantId is required: the store's name, such as \"my-store.myshopify.com\".");
        else if (tenant.Any(c => c is <= ' ' or > '~'))
            yield return new("/tenantId", "The tenantId goes into a header: ASCII letters, digits and signs only, no spaces.");
        // A second source of the tenant would make what the connection's account is a lie.
        if (connection.Headers.Keys.Any(name => name.Equals(TenantHeader, StringComparison.OrdinalIgnoreCase)))
            yield return new("/headers/" + TenantHeader, "Set tenantId instead: the adapter makes this header from it.");
    }
}
