using System.Collections.Concurrent;
using WorkflowGateway.Runners;

namespace WorkflowGateway.VendorEvents;

/// <summary>The desks of the connections that take webhooks: those with secrets.</summary>
internal sealed class EventDesks(RunnerRegistry runners, TimeProvider time, ILogger<EventDesks> log)
{
    private readonly ConcurrentDictionary<string, EventDesk> _desks = new();

    public IEnumerable<EventDesk> All => runners.All.Select(connection => Find(connection.Config.Name)).OfType<EventDesk>();

    /// <summary>Null where there is no such connection, and where it takes none.</summary>
    public EventDesk? Find(string connection)
    {
        if (_desks.TryGetValue(connection, out var desk)) return desk;
        return runners.Find(connection) is { Config.WebhookSecrets.Count: > 0 } found ? _desks.GetOrAdd(connection, _ => new EventDesk(found, time, log)) : null;
    }
}
