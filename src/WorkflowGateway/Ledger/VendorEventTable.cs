using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Which webhooks of vendors were taken. The insert decides, over all replicas.</summary>
internal static class VendorEventTable
{
    /// <summary>Affects no row where it was taken already.</summary>
    public static Statement Insert(string connection, string eventId, DateTimeOffset receivedAt) => new(
        "INSERT INTO vendor_events(connection, id_hash, received_at) VALUES(@connection, @id_hash, @received_at) ON CONFLICT(connection, id_hash) DO NOTHING",
        connection, SHA256.HashData(Encoding.UTF8.GetBytes(eventId)), RunColumns.Time(receivedAt));

    /// <summary>What is so old that the vendor does not send it again. Sent again it would cost a read, and nothing else.</summary>
    public static Statement Drop(DateTimeOffset before, int limit) => new(
        "DELETE FROM vendor_events WHERE (connection, id_hash) IN (SELECT connection, id_hash FROM vendor_events WHERE received_at<=@before LIMIT @limit)", RunColumns.Time(before), (long)limit);
}

internal sealed partial class LedgerReader
{
    /// <summary>The run of a connection that is bound to that run of the vendor.</summary>
    public ValueTask<RunId?> FindBoundRunAsync(string connection, string vendorRunId) => pool.UseAsync(async reader =>
    {
        await using var rows = await reader.Statements.QueryAsync(new Statement("SELECT id FROM runs WHERE connection=@connection AND vendor_run_id=@vendor_run_id", connection, vendorRunId));
        return await rows.ReadAsync() ? RunId.FromBytes((byte[])rows[0]) : (RunId?)null;
    });
}
