using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>What decides where a start goes and what is sent.</summary>
internal sealed record PlanRequest
{
    public required string Workflow { get; init; }
    public JsonElement? Input { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Null for a caller that sees all tenants.</summary>
    public string? Tenant { get; init; }

    public string? Subject { get; init; }
    public string? CorrelationId { get; init; }
    public required string RunId { get; init; }

    public bool DryRun { get; init; }

    /// <summary>The only connection to consider, or null.</summary>
    public string? Connection { get; init; }

    /// <summary>The idempotency key (or its hash), else the run id: the same bytes pick the same route of a weight group.</summary>
    public required ReadOnlyMemory<byte> StickyKey { get; init; }
}

/// <summary>Where a start goes, placeholders resolved.</summary>
internal sealed record PlannedStart
{
    public required Workflow Workflow { get; init; }
    public required Route Route { get; init; }
    public required ConnectionConfig Connection { get; init; }
    public required JsonElement Target { get; init; }
    public required JsonElement Input { get; init; }
}

/// <summary>Whether a route can take a start, and if not, why.</summary>
/// <param name="Route">The route.</param>
/// <param name="Reason">Null for the route taken.</param>
/// <param name="Share">Its part, from 0 to 1, of the starts that the drawn group takes; null outside of it.</param>
internal sealed record RouteVerdict(Route Route, string? Reason, double? Share = null);
