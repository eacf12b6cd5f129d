using System.Threading.Channels;
using WorkflowGateway.Runners;

namespace WorkflowGateway.VendorEvents;

/// <summary>Where the webhooks of one connection come in.</summary>
internal sealed class VendorEventInbox(ConnectionRunner connection, TimeProvider time, ILogger log)
{
    /// <summary>How many runs that nobody knows may wait to be looked at; what comes on top is dropped.</summary>
    public const int MostUnknown = 1000;

    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly Channel<UnknownRun> _unknown = Channel.CreateBounded<UnknownRun>(new BoundedChannelOptions(MostUnknown) { SingleReader = true });

    private volatile Door _door = new(connection, time, log);

    public ConnectionRunner Connection => _door.Connection;

    public string Name { get; } = connection.Config.Name;

    public VendorEventCounts Counts { get; } = new(time);

    public VendorEventSecrets Secrets => _door.Secrets;

    /// <summary>The connection may have been changed, its secrets with it.</summary>
    public void Follow(ConnectionRunner now)
    {
        if (_door.Connection != now) _door = new Door(now, time, log);
    }

    public VendorEventReading Read(VendorEventDelivery delivery, IReadOnlyList<Secret> secrets) => ((IVendorEvents)Connection.Config.Adapter).ReadEvent(delivery, secrets);

    /// <summary>Has a run looked at that nobody knows. Events of one that waits already share its look.</summary>
    public void Ask(string vendorRunId)
    {
        lock (_waiting)
        {
            if (!_waiting.Add(vendorRunId)) return;
            if (_unknown.Writer.TryWrite(new UnknownRun(vendorRunId, time.GetTimestamp()))) return;
            _waiting.Remove(vendorRunId);
        }

        Counts.Add(VendorEventOutcome.Dropped);
    }

    public async IAsyncEnumerable<UnknownRun> AskedAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var run in _unknown.Reader.ReadAllAsync(cancellationToken))
        {
            // Before the look: an event that comes during it may tell of something newer.
            lock (_waiting) _waiting.Remove(run.VendorRunId);
            yield return run;
        }
    }

    /// <summary>A connection and what its webhooks are signed with.</summary>
    private sealed class Door(ConnectionRunner connection, TimeProvider time, ILogger log)
    {
        public ConnectionRunner Connection => connection;

        public VendorEventSecrets Secrets { get; } = new(connection.Config.Name, connection.Config.WebhookSecrets, time, log);
    }
}

/// <summary>A vendor's run that is bound to none of ours, and when it was heard of.</summary>
internal sealed record UnknownRun(string VendorRunId, long HeardAt);
