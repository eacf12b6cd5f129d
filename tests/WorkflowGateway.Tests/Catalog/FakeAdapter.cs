using System.Collections.Frozen;
using System.ComponentModel;
using System.Text.Json;

namespace WorkflowGateway.Tests.Catalog;

/// <summary>A vendor to test the catalogue with. It has input parts or, as <c>bare</c>, none.</summary>
internal class FakeAdapter(string vendor, params string[] parts) : IVendorAdapter
{
    public RunnerInfo Info { get; } = new()
    {
        Vendor = vendor,
        DisplayName = char.ToUpperInvariant(vendor[0]) + vendor[1..],
        Operations = FrozenSet.Create(RunOperation.Start, RunOperation.Get, RunOperation.Stop),
        RunIdPattern = "[0-9]+",
        SupportsDryRun = parts.Length > 0,
    };

    public TimeSpan DefaultTimeout => TimeSpan.FromSeconds(45);
    public IReadOnlyList<string> InputParts => parts;
    public string? DefaultInputPart => parts.FirstOrDefault();
    public Type SettingsType => typeof(FakeSettings);
    public Type TargetType => typeof(FakeTarget);

    public string AccountOf(VendorConnection connection) => connection.Settings.TryGetProperty("account", out var account) ? account.ToString() : "";

    public IEnumerable<ConfigurationProblem> CheckConnection(VendorConnection connection) =>
        AccountOf(connection) is { Length: > 0 } account && account.Contains(' ', StringComparison.Ordinal)
            ? [new("/account", $"The account '{account}' holds a space.")]
            : [];

    public IEnumerable<ConfigurationProblem> CheckTarget(JsonElement target)
    {
        if (!target.TryGetProperty("job", out var job)) yield return new("", "The target needs a job.");
        else if (job.ToString() is { } text && !text.StartsWith("${", StringComparison.Ordinal) && text.Contains(' ', StringComparison.Ordinal))
            yield return new("/job", "A job has no space in its name.");
    }

    public IWorkflowRunner Connect(VendorConnection connection, TimeProvider time) => throw new NotSupportedException();
}

/// <summary>One whose vendor sends webhooks.</summary>
internal sealed class HookedAdapter() : FakeAdapter("hooked"), IVendorEvents
{
    public VendorEventReading ReadEvent(VendorEventDelivery delivery, IReadOnlyList<Secret> secrets) => new VendorEventReading.Forged("never");
}

internal sealed record FakeSettings
{
    [Description("The account.")]
    public string? Account { get; init; }

    public bool? Exclusive { get; init; }
}

internal sealed record FakeTarget
{
    [Description("The job.")]
    public required string Job { get; init; }

    public Dictionary<string, string>? Env { get; init; }
}
