namespace WorkflowGateway.Ledger;

/// <summary>Settings <c>Storage:*</c>.</summary>
internal sealed class StorageOptions
{
    /// <summary>The SQLite file.</summary>
    public string Path { get; set; } = "data/gateway.db";
}
