using System.Diagnostics.Metrics;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Telemetry;

/// <summary>The ledger's totals. They are the same at every replica of a PostgreSQL: take the maximum over them, not the sum.</summary>
internal sealed class LedgerGauges
{
    public LedgerGauges(GatewayMeter meter, LedgerSample sample, LedgerWriter writer)
    {
        meter.CreateObservableGauge("gateway.ledger.available", () => sample.State is null ? 0 : 1, null, "1 where the store answered a moment ago.");
        meter.CreateObservableGauge("gateway.ledger.queue", () => writer.Waiting, null, "Changes that wait for the writer.");
        meter.CreateObservableGauge("gateway.runs.open", () => Of(sample, state => state.Open.Select(open =>
            new Measurement<long>(open.Value, new("status", open.Key.Status), new("vendor", open.Key.Vendor), new("connection", open.Key.Connection)))), null, "Runs that have not ended, of all tenants.");
        meter.CreateObservableGauge("gateway.orphans", () => Of(sample, state => state.Orphans.Select(one =>
            new Measurement<long>(one.Value, new KeyValuePair<string, object?>("connection", one.Key)))), null, "Runs at vendors that bear the mark of a run which is not theirs.");
        meter.CreateObservableGauge("gateway.sync.overdue", () => Of(sample, state => state.Overdue.Select(one =>
            new Measurement<double>(one.Value, new KeyValuePair<string, object?>("connection", one.Key)))), "s", "For how long the read of an open run that is due longest has been due.");
        One("gateway.events.last", state => state.LastEvent, "The cursor of the last event.");
        One("gateway.events.behind", state => state.Behind, "Events that those who watch at this process have not been shown yet.");
        One("gateway.webhook.behind", state => state.WebhookBehind, "Events after the cursor of the webhook that is furthest behind.");
        One("gateway.webhook.failing_runs", state => state.FailingRuns, "Runs of which an event could not be delivered yet, over all webhooks.");

        void One(string name, Func<LedgerState, long> value, string description) =>
            meter.CreateObservableGauge(name, () => Of<long>(sample, state => [new(value(state))]), null, description);
    }

    // What is not known is not told: an old value would look like a new one.
    private static IEnumerable<Measurement<T>> Of<T>(LedgerSample sample, Func<LedgerState, IEnumerable<Measurement<T>>> measure) where T : struct =>
        sample.State is { } state ? measure(state) : [];
}
