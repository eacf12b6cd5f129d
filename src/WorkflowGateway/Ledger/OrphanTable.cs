using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>A vendor's run that bears the mark of a run which is not its any more.</summary>
internal sealed record OrphanRow(string Connection, string VendorRunId, RunId RunId, DateTimeOffset FoundAt);

internal static class OrphanTable
{
    /// <summary>Affects no row where it is known already.</summary>
    public static Statement Insert(RunRow run, string vendorRunId, DateTimeOffset foundAt) => new(
        "INSERT INTO orphans(connection, vendor_run_id, tenant, run_id, found_at) VALUES(@connection, @vendor_run_id, @tenant, @run_id, @found_at) ON CONFLICT(connection, vendor_run_id) DO NOTHING",
        run.Connection, vendorRunId, run.Tenant, run.Id.ToBytes(), RunColumns.Time(foundAt));
}

internal sealed partial class LedgerReader
{
    /// <param name="connection">The connection.</param>
    /// <param name="tenant">Null for all tenants.</param>
    /// <param name="limit">How many of the latest to give.</param>
    public ValueTask<(long Count, IReadOnlyList<OrphanRow> Latest)> ListOrphansAsync(string connection, string? tenant, int limit) => pool.UseAsync(async reader =>
    {
        var where = "FROM orphans WHERE connection=@connection" + (tenant is null ? "" : " AND tenant=@tenant");
        var count = await reader.Connection.ExecuteScalarAsync<long>("SELECT COUNT(*) " + where, new { connection, tenant });
        var rows = await reader.Connection.QueryAsync<(string VendorRunId, byte[] RunId, long FoundAt)>(
            $"SELECT vendor_run_id, run_id, found_at {where} ORDER BY found_at DESC, vendor_run_id LIMIT @limit", new { connection, tenant, limit });
        return (count, (IReadOnlyList<OrphanRow>)[.. rows.Select(row =>
            new OrphanRow(connection, row.VendorRunId, RunId.FromBytes(row.RunId), DateTimeOffset.FromUnixTimeMilliseconds(row.FoundAt)))]);
    });
}
