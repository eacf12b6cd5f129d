using System.Collections.Frozen;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Juo;

/// <summary>Juo's customer API for workflows.</summary>
public sealed class JuoAdapter : IVendorAdapter
{
    internal static RunnerInfo Juo { get; } = new()
    {
        Vendor = "juo",
        DisplayName = "Juo",
        Operations = new[] { RunOperation.Start, RunOperation.Get, RunOperation.Respond }.ToFrozenSet(),
        AmbiguousStart = AmbiguousStart.Operator,
        VersionsRuns = true,
        SupportsDryRun = true,
        ThrottleIsBeforeWork = true,
        RunIdPattern = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    };

    public RunnerInfo Info => Juo;

    public TimeSpan DefaultTimeout => TimeSpan.FromSeconds(30);

    public IReadOnlyList<string> InputParts { get; } = [JuoRequests.InputPart];

    public string? DefaultInputPart => JuoRequests.InputPart;

    public Type SettingsType => typeof(JuoSettings);

    public Type TargetType => typeof(JuoTarget);

    public string AccountOf(VendorConnection connection) => JuoSettings.TenantOf(connection.Settings) ?? "";

    public IEnumerable<ConfigurationProblem> CheckConnection(VendorConnection connection) => JuoSettings.Check(connection);

    public IEnumerable<ConfigurationProblem> CheckTarget(JsonElement target) => JuoTarget.Check(target);

    public IWorkflowRunner Connect(VendorConnection connection, TimeProvider time)
    {
        var tenant = new Dictionary<string, string> { [JuoSettings.TenantHeader] = AccountOf(connection) };
        // Juo takes a delegated token or, in the usual header, the bearer token of its customer login: never both.
        var login = string.Equals(connection.CredentialHeader, "Authorization", StringComparison.OrdinalIgnoreCase);
        return new JuoRunner(new VendorHttp(connection, Info, "X-Delegated-Token", login ? "Bearer" : "", tenant, time));
    }
}
