using System.Diagnostics.Metrics;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Telemetry;

/// <summary>Deliveries to webhooks; which webhook, the API tells.</summary>
internal sealed class WebhookMetrics(GatewayMeter meter)
{
    private readonly Histogram<double> _attempts = meter.CreateHistogram(
        "gateway.webhook.delivery.duration", "s", "Attempts at a delivery, by what came of them: delivered, failing (it is tried again) or dead.", null, GatewayMeter.Long);

    private readonly Counter<long> _dead = meter.CreateCounter<long>("gateway.webhook.dead_letters", null, "Events that were given up for a webhook.");

    /// <summary>Nothing was given up yet.</summary>
    public void Begin() => _dead.Add(0);

    public void Attempted(string state, TimeSpan took)
    {
        _attempts.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", state));
        if (state == DeliveryState.Dead) _dead.Add(1);
    }

    /// <summary>What is gone before it could be sent.</summary>
    public void Purged() => _dead.Add(1);
}
