using System.Diagnostics.Metrics;

namespace WorkflowGateway.Telemetry;

/// <summary>Where this gateway's instruments belong to. Names are written <c>gateway.config.reloads</c>; each way to export them makes its own of that.</summary>
internal sealed class GatewayMeter(IMeterFactory scope) : Meter(new MeterOptions(MeterName) { Scope = scope })
{
    public const string MeterName = "WorkflowGateway";

    /// <summary>For what takes milliseconds where all is well.</summary>
    public static readonly InstrumentAdvice<double> Short = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] };

    /// <summary>For what others take: up to the longest deadline that vendors have by default.</summary>
    public static readonly InstrumentAdvice<double> Long = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 90] };
}
