using System.Diagnostics.Metrics;
using WorkflowGateway.Access;

namespace WorkflowGateway.Telemetry;

/// <summary>What is refused, and whether it is known whom to let in.</summary>
internal sealed class ProblemMetrics
{
    private readonly Counter<long> _problems;

    public ProblemMetrics(GatewayMeter meter, KeyRing keys)
    {
        _problems = meter.CreateCounter<long>("gateway.problems", null, "Requests that were answered with a problem, by its code: unauthenticated, rate-limited, storage-unavailable, …");
        meter.CreateObservableGauge("gateway.keys", () => keys.Count, null, "API keys that open now.");
        meter.CreateObservableGauge("gateway.keys.stale", () => keys.IsStale ? 1 : 0, null, "1 while the ledger has not said for minutes which API keys are in force: those of the ledger open nothing.");
    }

    /// <param name="code">One of the problems that there are.</param>
    public void Told(string code) => _problems.Add(1, new KeyValuePair<string, object?>("code", code));
}
