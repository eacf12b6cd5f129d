using System.Collections.Concurrent;
using WorkflowGateway.Runners;

namespace WorkflowGateway.VendorEvents;

/// <summary>The inboxes of the connections that take webhooks: those with secrets.</summary>
internal sealed class VendorEventInboxes(RunnerRegistry runners, TimeProvider time, ILogger<VendorEventInboxes> log)
{
    private readonly ConcurrentDictionary<string, VendorEventInbox> _inboxes = new();

    public static bool Takes(ConnectionRunner connection) => connection.Config.WebhookSecrets.Count > 0;

    /// <summary>Null where there is no such connection, and where it takes none.</summary>
    public VendorEventInbox? Find(string connection)
    {
        if (runners.Find(connection) is not { } found || !Takes(found)) return null;
        var inbox = _inboxes.GetOrAdd(connection, _ => new VendorEventInbox(found, time, log));
        inbox.Follow(found);
        return inbox;
    }
}
