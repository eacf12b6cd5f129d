using System.Text.Json.Serialization;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>A row of <c>runs</c> with the freshness of its <c>work</c> row, as Dapper reads it.</summary>
internal sealed record RunRecord
{
    public required string Tenant { get; init; }
    public required byte[] Id { get; init; }
    public required string Workflow { get; init; }
    public required string Status { get; init; }
    public string? Reason { get; init; }
    public string? NativeStatus { get; init; }
    public string? LastKnownStatus { get; init; }
    public required string Vendor { get; init; }
    public required string Connection { get; init; }
    public required string ConnectionIdentity { get; init; }
    public string? VendorRunId { get; init; }
    public string? VendorVersion { get; init; }
    public string? Subject { get; init; }
    public required byte[] Attempt { get; init; }
    public long Attempts { get; init; }
    public long Version { get; init; }
    public required string Route { get; init; }
    public required string Revision { get; init; }
    public string? Labels { get; init; }
    public string? CorrelationId { get; init; }
    public byte[]? ParentId { get; init; }
    public long DryRun { get; init; }
    public long StopRequested { get; init; }
    public byte[]? KeyHash { get; init; }
    public required string Detail { get; init; }
    public long? Deadline { get; init; }
    public long UpdatedAt { get; init; }
    public long? FinalAt { get; init; }
    public long? ObservedAt { get; init; }
    public string? ObservedBy { get; init; }
    public string? SyncError { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class LedgerJson : JsonSerializerContext;
