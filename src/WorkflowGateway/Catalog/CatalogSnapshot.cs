using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowGateway.Catalog;

/// <summary>The whole configuration as it was when it was read, checked. Never changed: a newer one takes its place.</summary>
internal sealed record CatalogSnapshot
{
    /// <summary><c>sha256:</c> and the hash of the file's content without comments, spaces and member order.</summary>
    public required string Revision { get; init; }

    public required FrozenDictionary<string, ConnectionConfig> Connections { get; init; }
    public required FrozenDictionary<string, Workflow> Workflows { get; init; }

    /// <summary>Which accounts its connections reach, as a hash: files that read the same reach others where <c>${env:}</c> or <c>${file:}</c> mean others.</summary>
    public string Accounts => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
        Connections.Values.OrderBy(connection => connection.Name, StringComparer.Ordinal).Select(connection => $"{connection.Name} {connection.Identity}")))));

    /// <summary>Endpoints that are told of changes, beside those made by the API.</summary>
    public FrozenDictionary<string, WebhookConfig> Webhooks { get; init; } = FrozenDictionary<string, WebhookConfig>.Empty;
}
