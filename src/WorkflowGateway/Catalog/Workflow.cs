using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>What callers start by name, whoever serves it.</summary>
internal sealed record Workflow
{
    public required string Name { get; init; }
    public string? Description { get; init; }

    public InputSchema? InputSchema { get; init; }
    public JsonElement? Example { get; init; }
    public IReadOnlySet<string>? Tenants { get; init; }
    public bool StoreInput { get; init; } = true;
    public bool RequireIdempotencyKey { get; init; }
    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>What is written of it, member by member, as hashes: by these a change is known.</summary>
    public IReadOnlyDictionary<string, string> Written { get; init; } = new Dictionary<string, string>();

    public bool Serves(string? tenant) => Tenancy.Allows(Tenants, tenant);
}

/// <summary>One way to have a workflow done.</summary>
internal sealed record Route
{
    public required string Name { get; init; }

    /// <summary>The name of its connection.</summary>
    public required string Connection { get; init; }

    public required RouteCondition When { get; init; }
    public required double Weight { get; init; }

    /// <summary>The names of the routes that stand in where certainly nothing was started here, in order.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];

    /// <summary>The vendor-specific part, with placeholders.</summary>
    public required JsonElement Target { get; init; }

    /// <summary>The input parts, with placeholders; null for the whole input in the adapter's default part.</summary>
    public JsonElement? Input { get; init; }

    public bool Enabled { get; init; } = true;
}
