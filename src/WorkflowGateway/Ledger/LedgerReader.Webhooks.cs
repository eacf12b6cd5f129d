using Dapper;
using WorkflowGateway.Runs;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Ledger;

/// <summary>Reads endpoints and what was sent to them.</summary>
internal sealed partial class LedgerReader
{
    public ValueTask<List<WebhookRow>> ListWebhooksAsync() => pool.UseAsync(async reader =>
        (await reader.Connection.QueryAsync<WebhookRow>("SELECT * FROM webhooks")).AsList());

    /// <param name="tenant">Null for all tenants.</param>
    /// <param name="before">Continue before this id; null for the newest.</param>
    /// <param name="limit">How many at most.</param>
    public ValueTask<List<WebhookRow>> ListWebhooksAsync(string? tenant, WebhookId? before, int limit) => pool.UseAsync(async reader =>
        (await reader.Connection.QueryAsync<WebhookRow>(
            "SELECT * FROM webhooks WHERE id < @before" + (tenant is null ? "" : " AND tenant=@tenant") + " ORDER BY id DESC LIMIT @limit",
            new { before = before?.ToBytes() ?? [0xff, 0xff, 0xff, 0xff], tenant, limit })).AsList());

    /// <summary>How many endpoints there are of a tenant that somebody made by a request.</summary>
    public ValueTask<long> CountWebhooksAsync(string tenant) => pool.UseAsync(async reader =>
        await reader.Connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM webhooks WHERE tenant=@tenant AND name IS NULL", new { tenant }));

    /// <param name="tenant">Null for all tenants. Another tenant's endpoint does not exist.</param>
    /// <param name="id">The endpoint.</param>
    public ValueTask<WebhookRow?> FindWebhookAsync(string? tenant, WebhookId id) => pool.UseAsync(async reader =>
        await reader.Connection.QueryFirstOrDefaultAsync<WebhookRow>(
            "SELECT * FROM webhooks WHERE id=@id" + (tenant is null ? "" : " AND tenant=@tenant"), new { id = id.ToBytes(), tenant }));

    public ValueTask<WebhookProgress> FindWebhookProgressAsync(WebhookRow row) => pool.UseAsync(async reader => await reader.Connection.QuerySingleAsync<WebhookProgress>(
        $"""
        SELECT (SELECT COALESCE(MAX(seq), 0) FROM events{(row.EventTenant is null ? "" : " WHERE tenant=@tenant")}) AS newest,
            (SELECT COUNT(*) FROM webhook_lanes WHERE webhook_id=@id) AS lanes,
            (SELECT COUNT(*) FROM webhook_attempts WHERE webhook_id=@id AND state='dead') AS dead
        """,
        new { id = row.Id, tenant = row.EventTenant }));

    public ValueTask<List<LaneRow>> ListLanesAsync(WebhookId id) => pool.UseAsync<List<LaneRow>>(async reader =>
    [
        .. (await reader.Connection.QueryAsync<(byte[] RunId, long Seq, long Attempts, long DueAt)>(
            "SELECT run_id, seq, attempts, due_at FROM webhook_lanes WHERE webhook_id=@id", new { id = id.ToBytes() }))
            .Select(row => new LaneRow(RunId.FromBytes(row.RunId), row.Seq, (int)row.Attempts, DateTimeOffset.FromUnixTimeMilliseconds(row.DueAt))),
    ]);

    /// <param name="webhook">The endpoint.</param>
    /// <param name="state">One of <see cref="DeliveryState"/>; null for all.</param>
    /// <param name="before">Continue before this id; null for the newest.</param>
    /// <param name="limit">How many at most.</param>
    public ValueTask<List<AttemptRow>> ListAttemptsAsync(WebhookId webhook, string? state, byte[]? before, int limit) => pool.UseAsync(async reader =>
        (await reader.Connection.QueryAsync<AttemptRow>(
            "SELECT id, seq, run_id, attempt, at, status, error, duration, state, next_at FROM webhook_attempts WHERE webhook_id=@webhook AND id < @before" +
            // As the index has it.
            (state is null ? "" : state == DeliveryState.Delivered ? " AND state=@state" : " AND state=@state AND state<>'delivered'") + " ORDER BY id DESC LIMIT @limit",
            new { webhook = webhook.ToBytes(), before = before ?? [0xff, 0xff, 0xff, 0xff], state, limit })).AsList());
}
