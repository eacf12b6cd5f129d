namespace WorkflowGateway.Catalog;

/// <summary>An account at a vendor, as configured and checked.</summary>
internal sealed record ConnectionConfig
{
    public required string Name { get; init; }
    public required IVendorAdapter Adapter { get; init; }
    public required VendorConnection Vendor { get; init; }

    /// <summary>Hash of adapter, base URL and account: the same as long as the connection reaches the same runs.</summary>
    public required string Identity { get; init; }

    /// <summary>Hash of what is written and of what it means here, by which a change is known. Empty only in tests.</summary>
    public string Content { get; init; } = "";

    public required TimeSpan Timeout { get; init; }

    /// <summary>Calls per second over all replicas; null for no limit.</summary>
    public double? RateLimit { get; init; }

    /// <summary>Calls at once, per replica.</summary>
    public required int Concurrency { get; init; }

    public required TimeSpan PollMin { get; init; }
    public required TimeSpan PollMax { get; init; }

    /// <summary>How old an observation may be before it is called stale.</summary>
    public required TimeSpan StaleAfter { get; init; }

    /// <summary>Who may use it; null for all.</summary>
    public IReadOnlySet<string>? Tenants { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Whether the credential is the end user's and comes with each request.</summary>
    public bool CallerCredential { get; init; }

    /// <summary>Whether the gateway is the account's only user, so that an unknown run in it must be one of ours.</summary>
    public bool Exclusive { get; init; }

    /// <summary>What the vendor signs its webhooks with, any of them; empty where it sends none.</summary>
    public IReadOnlyList<TokenSource> WebhookSecrets { get; init; } = [];

    /// <summary>What is written of it, member by member, as hashes: by these a change is known.</summary>
    public IReadOnlyDictionary<string, string> Written { get; init; } = new Dictionary<string, string>();

    public string VendorName => Adapter.Info.Vendor;

    public bool Serves(string? tenant) => Tenancy.Allows(Tenants, tenant);

    /// <summary>Whether it is this tenant's alone.</summary>
    public bool IsOf(string tenant) => Tenants is { Count: 1 } only && only.Contains(tenant);

    // Settings may hold what came from a secret.
    public override string ToString() => Name;
}
