using System.Text.Json;
using Dapper;
using WorkflowGateway.Access;

namespace WorkflowGateway.Ledger;

/// <summary>An API key as the ledger keeps it.</summary>
internal sealed record ApiKeyRow
{
    public const string AllTenants = "*";

    public required string Id { get; init; }

    /// <summary><see cref="AllTenants"/> for all.</summary>
    public required string Tenant { get; init; }

    public required string Role { get; init; }

    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>Of the whole key text.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>JSON array; null for all.</summary>
    public string? Workflows { get; init; }

    /// <summary>JSON array; null for all.</summary>
    public string? Operations { get; init; }

    /// <summary>JSON; null where nothing differs from the settings.</summary>
    public string? Limits { get; init; }

    public long CreatedAt { get; init; }
    public long? RevokedAt { get; init; }

    public Grants Grants => new(Words(Workflows), Words(Operations));

    public CallLimits? CallLimits => Limits is null ? null : JsonSerializer.Deserialize<CallLimits>(Limits, JsonSerializerOptions.Web);

    public static string? Words(IReadOnlyList<string>? words) => words is null ? null : JsonSerializer.Serialize(words);

    private static List<string>? Words(string? json) => json is null ? null : JsonSerializer.Deserialize<List<string>>(json);
}

/// <summary>The statements of the table of API keys. Shared by both stores.</summary>
internal static class ApiKeyTable
{
    public static Statement Insert(ApiKeyRow row) => new(
        "INSERT INTO api_keys(id, tenant, role, name, sha256, workflows, operations, limits, created_at)"
        + " VALUES(@id, @tenant, @role, @name, @sha256, @workflows, @operations, @limits, @created_at) ON CONFLICT(id) DO NOTHING",
        row.Id, row.Tenant, row.Role, row.Name, row.Sha256, row.Workflows, row.Operations, row.Limits, row.CreatedAt);

    /// <summary>Refused where it is revoked already.</summary>
    public static Statement Revoke(string id, DateTimeOffset now) => new("UPDATE api_keys SET revoked_at=@now WHERE id=@id AND revoked_at IS NULL", RunColumns.Time(now), id);
}

internal sealed partial class LedgerReader
{
    /// <summary>How many keys there are and how many of them are revoked. Rows are never deleted and never revived: while both are the same, nothing has changed.</summary>
    public ValueTask<(long All, long Revoked)> CountApiKeysAsync() => pool.UseAsync(async reader =>
        await reader.Connection.QuerySingleAsync<(long, long)>("SELECT COUNT(*), COUNT(revoked_at) FROM api_keys"));

    /// <summary>Those that are in force.</summary>
    public ValueTask<List<ApiKeyRow>> ListApiKeysInForceAsync() => pool.UseAsync(async reader =>
        (await reader.Connection.QueryAsync<ApiKeyRow>("SELECT * FROM api_keys WHERE revoked_at IS NULL")).AsList());

    /// <param name="tenant">Null for all tenants.</param>
    /// <param name="before">Continue before this id; null for the newest.</param>
    /// <param name="limit">How many at most.</param>
    public ValueTask<List<ApiKeyRow>> ListApiKeysAsync(string? tenant, string? before, int limit) => pool.UseAsync(async reader =>
        (await reader.Connection.QueryAsync<ApiKeyRow>(
            "SELECT * FROM api_keys WHERE id < @before" + (tenant is null ? "" : " AND tenant=@tenant") + " ORDER BY id DESC LIMIT @limit",
            new { before = before ?? "~", tenant, limit })).AsList());

    /// <param name="tenant">Null for all tenants. Another tenant's key does not exist.</param>
    /// <param name="id">The key.</param>
    public ValueTask<ApiKeyRow?> FindApiKeyAsync(string? tenant, string id) => pool.UseAsync(async reader =>
        await reader.Connection.QueryFirstOrDefaultAsync<ApiKeyRow>(
            "SELECT * FROM api_keys WHERE id=@id" + (tenant is null ? "" : " AND tenant=@tenant"), new { id, tenant }));

    public ValueTask<long> CountApiKeysInForceAsync(string tenant) => pool.UseAsync(async reader =>
        await reader.Connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM api_keys WHERE tenant=@tenant AND revoked_at IS NULL", new { tenant }));
}
