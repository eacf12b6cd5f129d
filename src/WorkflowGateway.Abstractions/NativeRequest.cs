namespace WorkflowGateway;

/// <summary>Beside <see cref="IWorkflowRunner"/>: calls in the vendor's own words, for what no verb covers.</summary>
public interface INativeCalls
{
    /// <summary>Makes a call with the connection's credential and fixed headers. It is not sent yet.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="subject">On whose behalf, or null.</param>
    /// <exception cref="RunnerException">It would leave the connection's base URL (<see cref="RunnerErrorKind.Invalid"/>).</exception>
    NativeCall MakeNativeCall(NativeRequest request, Subject? subject);
}

/// <summary>A request in the vendor's own words, without its credentials.</summary>
/// <param name="Target">What follows the connection's base URL, byte for byte: empty, a path that begins with a slash, a query, or both.</param>
/// <param name="Headers">The headers to send, and no others but the connection's own. Each name once.</param>
/// <param name="Body">The body; null for a read, which has none. Not null where something may change: a request without content is sent again by the handler on its own.</param>
public sealed record NativeRequest(string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[]? Body);
