namespace WorkflowGateway.Client;

/// <summary>What <see cref="GatewayClient.WatchAsync"/> tells: an event, or that some are missing. One of the two is there.</summary>
/// <param name="Cursor">Where to go on: give it as <c>after</c> to watch again from here.</param>
/// <param name="Event">A change; null where this tells of a gap.</param>
/// <param name="Gap">
/// Events that the gateway cannot tell any more: the watcher was away for longer than they are kept, or the gateway's store was put back to an earlier state.
/// Read anew what concerns you; what follows is complete again. Null where this tells of a change.
/// </param>
public sealed record WatchedEvent(string Cursor, RunEvent? Event, EventGap? Gap);
