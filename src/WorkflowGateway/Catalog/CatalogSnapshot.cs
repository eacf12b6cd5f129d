using System.Collections.Frozen;

namespace WorkflowGateway.Catalog;

/// <summary>The whole configuration as it was when it was read, checked. Never changed: a newer one takes its place.</summary>
internal sealed record CatalogSnapshot
{
    /// <summary><c>sha256:</c> and the hash of the file's content without comments, spaces and member order.</summary>
    public required string Revision { get; init; }

    public required FrozenDictionary<string, ConnectionConfig> Connections { get; init; }
    public required FrozenDictionary<string, Workflow> Workflows { get; init; }

    /// <summary>Endpoints that are told of changes, beside those made by the API.</summary>
    public FrozenDictionary<string, WebhookConfig> Webhooks { get; init; } = FrozenDictionary<string, WebhookConfig>.Empty;
}
