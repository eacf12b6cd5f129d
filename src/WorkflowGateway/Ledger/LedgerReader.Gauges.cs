using Dapper;

namespace WorkflowGateway.Ledger;

internal sealed partial class LedgerReader
{
    /// <summary>Since when the read of an open run that is due longest is due, or when it will be: a step in the index for each lane.</summary>
    public ValueTask<DateTimeOffset?> FindDueSinceAsync(string connection) => pool.UseAsync(async reader =>
        await reader.Connection.ExecuteScalarAsync<long?>(
            "SELECT MIN(due_at) FROM (SELECT MIN(due_at) AS due_at FROM work WHERE connection=@connection AND lane=0 UNION ALL SELECT MIN(due_at) FROM work WHERE connection=@connection AND lane=1) p",
            new { connection }) is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : (DateTimeOffset?)null);

    /// <summary>Of all tenants, by connection.</summary>
    public ValueTask<IReadOnlyDictionary<string, long>> CountOrphansAsync() => pool.UseAsync(async reader => (IReadOnlyDictionary<string, long>)
        (await reader.Connection.QueryAsync<(string Connection, long Count)>("SELECT connection, COUNT(*) FROM orphans GROUP BY connection")).ToDictionary(row => row.Connection, row => row.Count));

    /// <summary>The cursor of the enabled webhook that is furthest behind, null where there is none; and how many runs wait because an event failed.</summary>
    public ValueTask<(long? Cursor, long Failing)> FindWebhookBacklogAsync() => pool.UseAsync(async reader => await reader.Connection.QuerySingleAsync<(long?, long)>(
        "SELECT (SELECT MIN(cursor) FROM webhooks WHERE enabled=1), (SELECT COUNT(*) FROM webhook_lanes)"));
}
