using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <param name="Target">The id of the run or command that the key stands for.</param>
/// <param name="Retryable">Whether certainly nothing was processed, so that the same request is a new attempt.</param>
internal sealed record KeyRow(byte[] Fingerprint, byte[] Target, bool Retryable);

/// <summary>The statements of the table of idempotency keys. Shared by both stores.</summary>
internal static class KeyTable
{
    private const string ClaimSql =
        "INSERT INTO idempotency(tenant, key_hash, fingerprint, target) VALUES(@tenant, @key_hash, @fingerprint, @target) " +
        "ON CONFLICT(tenant, key_hash) DO UPDATE SET target=excluded.target, retryable=0, expires_at=NULL " +
        "WHERE idempotency.retryable=1 AND idempotency.fingerprint=excluded.fingerprint";

    /// <summary>Takes a key; affects no row when another request has it.</summary>
    public static Statement Claim(string tenant, IdempotencyKey key, byte[] target) => new(ClaimSql, tenant, key.Hash, key.Fingerprint, target);

    /// <summary>Sorts the claims of keys to the front, by key; leaves everything else in its order.</summary>
    public static readonly IComparer<Statement> ClaimsFirst = Comparer<Statement>.Create((x, y) => (x.Sql == ClaimSql, y.Sql == ClaimSql) switch
    {
        (true, true) when string.CompareOrdinal((string)x.Values[0]!, (string)y.Values[0]!) is not 0 and var byTenant => byTenant,
        (true, true) => ((byte[])x.Values[1]!).AsSpan().SequenceCompareTo((byte[])y.Values[1]!),
        (var first, var second) => second.CompareTo(first),
    });

    /// <summary>The end of what the key stands for, if it was started with one.</summary>
    public static Statement End(RunRow run, bool retryable, DateTimeOffset expiresAt) => new(
        "UPDATE idempotency SET retryable=@retryable, expires_at=@expires_at WHERE tenant=@tenant AND target=@id AND key_hash=(SELECT key_hash FROM runs WHERE tenant=@tenant AND id=@id)",
        retryable ? 1L : 0L, RunColumns.Time(expiresAt), run.Tenant, run.Id.ToBytes());

    /// <summary>Frees a command's key for the same request.</summary>
    public static Statement Free(string tenant, byte[] keyHash, byte[] target) => new(
        "UPDATE idempotency SET retryable=1 WHERE tenant=@tenant AND key_hash=@key_hash AND target=@target", tenant, keyHash, target);
}

internal sealed partial class LedgerReader
{
    public ValueTask<KeyRow?> FindKeyAsync(string tenant, byte[] hash) => pool.UseAsync(async reader =>
    {
        var row = await reader.Connection.QueryFirstOrDefaultAsync<(byte[] Fingerprint, byte[] Target, long Retryable)?>(
            "SELECT fingerprint, target, retryable FROM idempotency WHERE tenant=@tenant AND key_hash=@hash", new { tenant, hash });
        return row is { } found ? new KeyRow(found.Fingerprint, found.Target, found.Retryable != 0) : null;
    });
}
