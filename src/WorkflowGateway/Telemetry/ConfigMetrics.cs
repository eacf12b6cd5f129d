using System.Diagnostics.Metrics;
using WorkflowGateway.Catalog;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Telemetry;

/// <summary>What is measured of the configuration: whether the file serves, and whether all replicas serve the same.</summary>
internal sealed class ConfigMetrics
{
    public ConfigMetrics(GatewayMeter meter, LiveCatalog catalog, Replicas replicas)
    {
        meter.CreateObservableCounter("gateway.config.reloads", () => catalog.Swaps, null, "How often another configuration took over.");
        meter.CreateObservableCounter("gateway.config.reload_failures", () => catalog.Refusals, null, "How often a configuration file was refused.");
        meter.CreateObservableGauge("gateway.config.degraded", () => catalog.Fault is null ? 0 : 1, null, "1 while the configuration file is refused and the one before it serves.");
        meter.CreateObservableGauge("gateway.config.replicas_disagree", () => replicas.Agree ? 0 : 1, null, "1 while another replica serves another configuration.");
        meter.CreateObservableGauge("gateway.info", () => new Measurement<long>(1, new KeyValuePair<string, object?>("version", ServiceResource.Version)), null, "1, with the version of this process.");
        // The runtime's own come as counters, which they are not.
        meter.CreateObservableGauge("gateway.thread_pool.threads", () => ThreadPool.ThreadCount, null, "Threads of the pool.");
        meter.CreateObservableGauge("gateway.thread_pool.queue", () => ThreadPool.PendingWorkItemCount, null, "Work that waits for a thread of the pool.");
        meter.CreateObservableGauge("gateway.replicas", () => replicas.Live.Count, null, "How many processes share the store, this one among them.");
    }
}
