using System.Collections.Concurrent;
using WorkflowGateway.Runners;

namespace WorkflowGateway.VendorEvents;

/// <summary>The inboxes of the connections that take webhooks: those with secrets.</summary>
internal sealed class VendorEventInboxes(RunnerRegistry runners, TimeProvider time, ILogger<VendorEventInboxes> log)
{
    private readonly ConcurrentDictionary<string, VendorEventInbox> _inboxes = new();

    public IEnumerable<VendorEventInbox> All => runners.All.Select(connection => Find(connection.Config.Name)).OfType<VendorEventInbox>();

    /// <summary>Null where there is no such connection, and where it takes none.</summary>
    public VendorEventInbox? Find(string connection)
    {
        if (_inboxes.TryGetValue(connection, out var inbox)) return inbox;
        return runners.Find(connection) is { Config.WebhookSecrets.Count: > 0 } found ? _inboxes.GetOrAdd(connection, _ => new VendorEventInbox(found, time, log)) : null;
    }
}
