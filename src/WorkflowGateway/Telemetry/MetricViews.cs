using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace WorkflowGateway.Telemetry;

/// <summary>What is shown of all that is measured in the process: our own, and of the framework's what config/telemetry/README.md lists.</summary>
internal sealed class MetricViews(IMeterFactory factory)
{
    /// <summary>The framework's, with the labels that are kept of each; null keeps all.</summary>
    private static readonly Dictionary<string, string[]?> Framework = new(StringComparer.Ordinal)
    {
        ["http.server.request.duration"] = ["http.request.method", "http.route", "http.response.status_code"],
        // A watcher is a request all the time.
        ["http.server.active_requests"] = ["http.request.method"],
        ["kestrel.active_connections"] = [],
        ["kestrel.rejected_connections"] = [],
        ["dotnet.process.cpu.time"] = null,
        ["dotnet.process.memory.working_set"] = null,
        ["dotnet.gc.collections"] = null,
        ["dotnet.gc.pause.time"] = null,
    };

    public MeterProviderBuilder AddTo(MeterProviderBuilder builder) => builder
        .AddMeter(GatewayMeter.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
        .AddView(ViewOf);

    /// <summary>How an instrument is shown; null as it is.</summary>
    public MetricStreamConfiguration? ViewOf(Instrument instrument)
    {
        // There may be several gateways in a process.
        if (instrument.Meter.Scope is not null && !ReferenceEquals(instrument.Meter.Scope, factory)) return MetricStreamConfiguration.Drop;
        if (instrument.Meter.Name == GatewayMeter.MeterName) return null;
        if (!Framework.TryGetValue(instrument.Name, out var labels)) return MetricStreamConfiguration.Drop;
        return labels is null ? null : new MetricStreamConfiguration { TagKeys = labels };
    }
}
