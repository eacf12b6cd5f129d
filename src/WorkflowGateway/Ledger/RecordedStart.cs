using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>A start as it was made, and what its caller went on to do: enough to make it again.</summary>
internal sealed record RecordedStart
{
    public required string Tenant { get; init; }
    public required RunId Id { get; init; }
    public required string Workflow { get; init; }
    public required string Vendor { get; init; }
    public required string Connection { get; init; }
    public required string Route { get; init; }
    public required string Revision { get; init; }
    public required Guid Attempt { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public string? Subject { get; init; }
    public string? CorrelationId { get; init; }
    public bool DryRun { get; init; }
    public byte[]? KeyHash { get; init; }

    /// <summary>Null for a run from before it was recorded.</summary>
    public StartAsked? Asked { get; init; }

    /// <summary>The input as JSON; null where none is kept, or it does not open under this master key.</summary>
    public string? Input { get; init; }

    /// <summary>How often each operation was carried out on it since.</summary>
    public IReadOnlyList<(string Operation, long Times)> Used { get; init; } = [];
}
