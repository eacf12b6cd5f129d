namespace WorkflowGateway.Ledger;

/// <summary>Settings <c>Storage:*</c>.</summary>
internal sealed class StorageOptions
{
    public const string Sqlite = "sqlite", Postgres = "postgres";

    public string Provider { get; set; } = Sqlite;

    /// <summary>The SQLite file.</summary>
    public string Path { get; set; } = "data/gateway.db";

    /// <summary>Where the PostgreSQL database is: <c>Host=db;Database=gateway;Username=gateway;Password=…</c></summary>
    public string? ConnectionString { get; set; }
}
