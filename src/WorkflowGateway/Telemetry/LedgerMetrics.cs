using System.Diagnostics.Metrics;

namespace WorkflowGateway.Telemetry;

/// <summary>How the ledger fares.</summary>
internal sealed class LedgerMetrics(GatewayMeter meter)
{
    private readonly Histogram<double> _commits = meter.CreateHistogram(
        "gateway.ledger.commit.duration", "s", "How long the writer took for a group: committed or failed.", null, GatewayMeter.Short);

    private readonly Histogram<long> _groups = meter.CreateHistogram(
        "gateway.ledger.group.size", null, "How many changes shared a commit.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });

    private readonly Counter<long> _failures = meter.CreateCounter<long>("gateway.ledger.failures", null, "Reads and writes that the store could not do.");

    /// <summary>Nothing has failed yet.</summary>
    public void Begin()
    {
        foreach (var operation in new[] { "read", "write" }) _failures.Add(0, new KeyValuePair<string, object?>("operation", operation));
    }

    public void Committed(int changes, TimeSpan took, bool committed)
    {
        _commits.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", committed ? "committed" : "failed"));
        _groups.Record(changes);
    }

    public void Failed(string operation) => _failures.Add(1, new KeyValuePair<string, object?>("operation", operation));
}
