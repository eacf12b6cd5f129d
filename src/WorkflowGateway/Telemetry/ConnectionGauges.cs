using System.Diagnostics.Metrics;
using WorkflowGateway.Runners;
using WorkflowGateway.VendorEvents;

namespace WorkflowGateway.Telemetry;

/// <summary>Each connection of the configuration in force as it is now.</summary>
internal sealed class ConnectionGauges
{
    private readonly RunnerRegistry _runners;
    private readonly VendorEventInboxes _inboxes;

    public ConnectionGauges(GatewayMeter meter, RunnerRegistry runners, VendorEventInboxes inboxes)
    {
        (_runners, _inboxes) = (runners, inboxes);
        Gauge("gateway.vendor.calls.in_flight", "Places at the vendor that are taken now.", one => one.Limits.InFlight);
        Gauge("gateway.vendor.calls.limit", "Places at the vendor that there are for this process.", one => one.Config.Concurrency);
        Gauge("gateway.vendor.circuit_open", "1 while the circuit of the connection is open: nothing is sent, but one call that tries.", one => one.Circuit.Closed ? 0 : 1);
        Gauge("gateway.vendor.paused", "1 while the vendor asked to be left alone.", one => one.Health.Pause > TimeSpan.Zero ? 1 : 0);
        meter.CreateObservableGauge("gateway.vendor.last_success.timestamp", LastSuccesses, "s", "When a call of the connection last went well, as Unix time. Absent before.");
        meter.CreateObservableGauge("gateway.vendor.rate", Rates, null, "Calls per second that this process may make. Absent without a rateLimit.");
        meter.CreateObservableCounter("gateway.vendor_events", Events, null, "Webhooks of vendors, by what became of them.");

        void Gauge(string name, string description, Func<ConnectionRunner, long> value) =>
            meter.CreateObservableGauge(name, () => runners.All.Select(one => new Measurement<long>(value(one), Labels(one))), null, description);
    }

    private IEnumerable<Measurement<double>> LastSuccesses() => _runners.All.Where(one => one.Health.LastSuccessAt is not null)
        .Select(one => new Measurement<double>(one.Health.LastSuccessAt!.Value.ToUnixTimeMilliseconds() / 1000.0, Labels(one)));

    private IEnumerable<Measurement<double>> Rates() => _runners.All.Where(one => one.Limits.Rate is not null)
        .Select(one => new Measurement<double>(one.Limits.Rate!.Share, Labels(one)));

    private IEnumerable<Measurement<long>> Events() =>
        from one in _runners.All
        let inbox = _inboxes.Find(one.Config.Name)
        where inbox is not null
        from outcome in Enum.GetValues<VendorEventOutcome>()
        select new Measurement<long>(inbox.Counts[outcome], new("connection", one.Config.Name), new("outcome", Word(outcome)));

    private static string Word(VendorEventOutcome outcome) => outcome == VendorEventOutcome.UnknownRun ? "unknown-run" : outcome.ToString().ToLowerInvariant();

    private static KeyValuePair<string, object?>[] Labels(ConnectionRunner one) => [new("connection", one.Config.Name), new("vendor", one.Info.Vendor)];
}
