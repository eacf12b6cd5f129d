using System.Diagnostics.Metrics;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Telemetry;

/// <summary>Where this gateway's instruments belong to. Names are written <c>gateway.config.reloads</c>; each way to export them makes its own of that.</summary>
internal sealed class GatewayMeter(Ids ids) : Meter($"WorkflowGateway.{ids.NextRandom():N}")
{
    // Whoever listens does so by name, and there may be several gateways in a process.
}
