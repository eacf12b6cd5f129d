using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Catalog;

/// <summary>An endpoint of the configuration, checked.</summary>
internal sealed record WebhookConfig
{
    public required string Name { get; init; }
    public required Uri Url { get; init; }

    /// <summary>The secret as it is now; null where it cannot be read.</summary>
    public required Func<string?> Secret { get; init; }

    /// <summary>The secret before, which signs too; null where none does.</summary>
    public Func<string?>? OldSecret { get; init; }

    public IReadOnlyList<string> Statuses { get; init; } = [];
    public IReadOnlyList<string> Workflows { get; init; } = [];

    /// <summary>Null for all.</summary>
    public string? Tenant { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Hash of what is written, by which a change is known.</summary>
    public required string Hash { get; init; }

    /// <summary>What the ledger keeps of it.</summary>
    public WebhookRow ToRow(WebhookId id, DateTimeOffset now) => new()
    {
        Id = id.ToBytes(),
        Tenant = Tenant ?? WebhookRow.AllTenants,
        Name = Name,
        Config = Hash,
        Enabled = Enabled ? 1 : 0,
        Reason = Enabled ? null : "configuration",
        CreatedAt = now.ToUnixTimeMilliseconds(),
        UpdatedAt = now.ToUnixTimeMilliseconds(),
    };

    // It holds a secret.
    public override string ToString() => Name;
}
