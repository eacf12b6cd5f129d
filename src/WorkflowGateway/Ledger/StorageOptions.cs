namespace WorkflowGateway.Ledger;

/// <summary>Settings <c>Storage:*</c>.</summary>
internal sealed class StorageOptions
{
    public string Provider { get; set; } = "sqlite";

    /// <summary>The SQLite file.</summary>
    public string Path { get; set; } = "data/gateway.db";
}
