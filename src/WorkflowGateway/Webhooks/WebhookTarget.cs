using WorkflowGateway.Events;

namespace WorkflowGateway.Webhooks;

/// <summary>Where an endpoint is and what it wants: all of it that may be changed while it is delivered to.</summary>
internal sealed class WebhookTarget
{
    private readonly Func<IReadOnlyList<(byte[] Secret, DateTimeOffset? Until)>> _secrets;

    /// <param name="secrets">The secrets, newest first, each with when it stops signing. Asked for each time: a file may be rotated beside the gateway.</param>
    public WebhookTarget(Func<IReadOnlyList<(byte[] Secret, DateTimeOffset? Until)>> secrets) => _secrets = secrets;

    public required Uri Url { get; init; }

    /// <summary>Null for all.</summary>
    public required string? Tenant { get; init; }

    public required EventFilter Filter { get; init; }

    /// <summary>What signs now; empty where no secret can be read.</summary>
    public IReadOnlyList<byte[]> Secrets(DateTimeOffset now) => [.. _secrets().Where(one => one.Until is null || one.Until > now).Select(one => one.Secret)];
}
