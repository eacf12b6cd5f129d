using System.Collections.Frozen;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Fortanix;

/// <summary>Fortanix Confidential Computing Manager: runs of a graph on Kubernetes or Azure Container Instances.</summary>
public sealed class FortanixAdapter : IVendorAdapter
{
    internal static readonly RunnerInfo Vendor = new()
    {
        Vendor = "fortanix",
        DisplayName = "Fortanix",
        Operations = FrozenSet.Create(RunOperation.Start, RunOperation.Get, RunOperation.List, RunOperation.Stop, RunOperation.Logs),
        AmbiguousStart = AmbiguousStart.OnlyCandidate,
        // The vendor says nothing about throttling, so a 429 proves nothing.
        ThrottleIsBeforeWork = false,
        RunIdPattern = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    };

    public RunnerInfo Info => Vendor;

    public TimeSpan DefaultTimeout => TimeSpan.FromSeconds(30);

    public IReadOnlyList<string> InputParts => [];

    public string? DefaultInputPart => null;

    public Type SettingsType => typeof(FortanixSettings);

    public Type TargetType => typeof(FortanixTarget);

    // The account is in the session behind the token: configuration does not tell.
    public string AccountOf(VendorConnection connection) => "";

    public IEnumerable<ConfigurationProblem> CheckConnection(VendorConnection connection) => FortanixSettings.Check(connection.Settings);

    public IEnumerable<ConfigurationProblem> CheckTarget(JsonElement target) => FortanixTargetCheck.Of(target, placeholders: true);

    public IWorkflowRunner Connect(VendorConnection connection, TimeProvider time) => new FortanixRunner(connection, time);
}
