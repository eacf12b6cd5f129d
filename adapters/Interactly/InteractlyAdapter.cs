using System.Collections.Frozen;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Interactly;

/// <summary>Interactly workflow runs: one endpoint with the commands start, data, resume, pause and stop.</summary>
public sealed class InteractlyAdapter : IVendorAdapter, IVendorEvents
{
    internal static readonly RunnerInfo Vendor = new()
    {
        Vendor = "interactly",
        DisplayName = "Interactly",
        Operations = FrozenSet.Create(
            RunOperation.Start, RunOperation.Get, RunOperation.List, RunOperation.Respond,
            RunOperation.Data, RunOperation.Pause, RunOperation.Resume, RunOperation.Stop),
        AmbiguousStart = AmbiguousStart.FindByMarker,
        // The vendor's own SDK sends a POST again on 429 and on nothing else.
        ThrottleIsBeforeWork = true,
        RunIdPattern = "[0-9a-fA-F]{24}",
    };

    public RunnerInfo Info => Vendor;

    // A start can block for a whole turn of the vendor's language model; its SDK waits 60 s.
    public TimeSpan DefaultTimeout => TimeSpan.FromSeconds(90);

    public IReadOnlyList<string> InputParts => InteractlyInput.Parts;

    public string? DefaultInputPart => "dynamicVariables";

    public Type SettingsType => typeof(InteractlySettings);

    public Type TargetType => typeof(InteractlyTarget);

    public string AccountOf(VendorConnection connection) =>
        connection.Headers.FirstOrDefault(header => header.Key.Equals("teamid", StringComparison.OrdinalIgnoreCase)).Value ?? "";

    public IEnumerable<ConfigurationProblem> CheckConnection(VendorConnection connection) =>
        ConfigurationProblems.Unknown(connection.Settings, "", []);

    public IEnumerable<ConfigurationProblem> CheckTarget(JsonElement target) => InteractlyTarget.Check(target, placeholders: true);

    public VendorEventReading ReadEvent(VendorEventDelivery delivery, IReadOnlyList<Secret> secrets) => InteractlyEvents.Read(delivery, secrets);

    public IWorkflowRunner Connect(VendorConnection connection, TimeProvider time) => new InteractlyRunner(connection, time);
}
