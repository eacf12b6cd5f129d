using System.Data.Common;
using WorkflowGateway.Runs;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway.Ledger;

/// <summary>The statements of the tables of endpoints. Shared by both stores.</summary>
internal static class WebhookTable
{
    /// <summary>Begins at the newest event where no cursor is given.</summary>
    public static Statement Insert(WebhookRow row, long? after) => new(
        """
        INSERT INTO webhooks(id, tenant, name, config, url, description, statuses, workflows, secret, secret_id, enabled, reason, cursor, created_at, updated_at)
        VALUES(@id, @tenant, @name, @config, @url, @description, @statuses, @workflows, @secret, @secret_id, @enabled, @reason,
            COALESCE(@after, (SELECT COALESCE(MAX(seq), 0) FROM (SELECT MAX(seq) AS seq FROM events UNION ALL SELECT seq FROM watermarks WHERE name='events') p)), @created_at, @created_at)
        ON CONFLICT(name) DO NOTHING
        """,
        row.Id, row.Tenant, row.Name, row.Config, row.Url, row.Description, row.Statuses, row.Workflows, row.Secret, row.SecretId, row.Enabled, row.Reason, after, row.CreatedAt);

    /// <summary>Takes over a changed entry of the configuration. What it had come to goes on.</summary>
    public static Statement Configure(WebhookRow row) => new(
        """
        UPDATE webhooks SET tenant=@tenant, config=@config, enabled=@enabled, reason=@reason, failures=0, rest_until=0, revision=revision+1, updated_at=@now
        WHERE name=@name AND config<>@config
        """,
        row.Tenant, row.Config, row.Enabled, row.Reason, row.UpdatedAt, row.Name);

    /// <summary>Changes what an endpoint is; its progress goes on, and its receiver is asked anew.</summary>
    public static Statement Update(WebhookRow row) => new(
        """
        UPDATE webhooks SET url=@url, description=@description, statuses=@statuses, workflows=@workflows, enabled=@enabled, reason=@reason,
            failures=0, rest_until=0, revision=revision+1, updated_at=@now
        WHERE id=@id AND revision=@revision
        """,
        row.Url, row.Description, row.Statuses, row.Workflows, row.Enabled, row.Reason, row.UpdatedAt, row.Id, row.Revision);

    /// <summary>Whoever changes an endpoint has mended it, perhaps: what failed is tried at once.</summary>
    public static Statement TryNow(WebhookRow row) => new(
        "UPDATE webhook_lanes SET due_at=@now WHERE webhook_id=@id AND due_at>@now", row.UpdatedAt, row.Id);

    public static Statement Rotate(WebhookRow row) => new(
        """
        UPDATE webhooks SET secret=@secret, secret_id=@secret_id, old_secret=@old_secret, old_secret_until=@old_secret_until,
            failures=0, rest_until=0, revision=revision+1, updated_at=@now
        WHERE id=@id AND revision=@revision
        """,
        row.Secret, row.SecretId, row.OldSecret, row.OldSecretUntil, row.UpdatedAt, row.Id, row.Revision);

    /// <summary>Moves the cursor. Whoever delivers loses the endpoint: what is under way there belongs to the old cursor.</summary>
    public static LedgerChange Replay(WebhookRow row, long after, DateTimeOffset now)
    {
        var change = new LedgerChange { Order = row.Id };
        change.Guards.Add(new Statement(
            """
            UPDATE webhooks SET cursor=CASE WHEN cursor > @after THEN @after ELSE cursor END, failures=0, rest_until=0, owner=NULL, lease_until=0, fence=fence+1,
                revision=revision+1, updated_at=@now WHERE id=@id
            """,
            after, RunColumns.Time(now), row.Id));
        // Those that stand after the cursor are met again; those before it keep their own.
        change.Consequences.Add(new Statement("DELETE FROM webhook_lanes WHERE webhook_id=@id AND seq > @after", row.Id, after));
        change.Consequences.Add(new Statement("UPDATE webhook_attempts SET state='failing' WHERE webhook_id=@id AND state='dead' AND seq > @after", row.Id, after));
        return change;
    }

    /// <summary>What was sent is left to retention: there may be much of it, and nobody can see it any more.</summary>
    public static LedgerChange Delete(WebhookRow row)
    {
        var change = new LedgerChange { Order = row.Id };
        change.Guards.Add(new Statement("DELETE FROM webhooks WHERE id=@id", row.Id));
        change.Consequences.Add(new Statement("DELETE FROM webhook_lanes WHERE webhook_id=@id", row.Id));
        return change;
    }

    /// <summary>Takes an endpoint that nobody holds. Answers with its row as it is then.</summary>
    public static Statement Claim(WebhookRow row, string owner, DateTimeOffset now, DateTimeOffset until) => new(
        "UPDATE webhooks SET owner=@owner, lease_until=@until, fence=fence+1 WHERE id=@id AND enabled=1 AND lease_until<=@now RETURNING fence, cursor, failures, rest_until",
        owner, RunColumns.Time(until), row.Id, RunColumns.Time(now));

    /// <returns>Null where somebody else was first.</returns>
    public static WebhookClaim? ReadClaim(DbDataReader rows) =>
        rows.Read() ? new WebhookClaim(rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3))) : null;

    public static Statement Renew(byte[] id, long fence, DateTimeOffset until) => new(
        "UPDATE webhooks SET lease_until=@until WHERE id=@id AND fence=@fence", RunColumns.Time(until), id, fence);

    public static Statement Release(byte[] id, long fence) => new(
        "UPDATE webhooks SET owner=NULL, lease_until=0, fence=fence+1 WHERE id=@id AND fence=@fence", id, fence);

    /// <summary>After the start of the only process: whoever held an endpoint is gone.</summary>
    public static Statement ReleaseAll() => new("UPDATE webhooks SET owner=NULL, lease_until=0, fence=fence+1 WHERE owner IS NOT NULL");

    /// <summary>How far deliveries have come. Refused where another replica has taken the endpoint.</summary>
    public static Statement Advance(byte[] id, long fence, WebhookState state) => new(
        """
        UPDATE webhooks SET cursor=@cursor, failures=@failures, rest_until=@rest_until, last_success_at=COALESCE(@last_success_at, last_success_at),
            last_failure_at=COALESCE(@last_failure_at, last_failure_at), last_failure=COALESCE(@last_failure, last_failure) WHERE id=@id AND fence=@fence
        """,
        state.Cursor, state.Failures, RunColumns.Time(state.RestUntil), Time(state.LastSuccessAt), Time(state.LastFailureAt), state.LastFailure, id, fence);

    /// <summary>The receiver wants no more.</summary>
    public static Statement Disable(byte[] id, DateTimeOffset now) => new(
        "UPDATE webhooks SET enabled=0, reason='gone', revision=revision+1, updated_at=@now WHERE id=@id", RunColumns.Time(now), id);

    public static Statement PutLane(byte[] id, LaneRow lane) => new(
        """
        INSERT INTO webhook_lanes(webhook_id, run_id, seq, attempts, due_at) VALUES(@id, @run_id, @seq, @attempts, @due_at)
        ON CONFLICT(webhook_id, run_id) DO UPDATE SET seq=excluded.seq, attempts=excluded.attempts, due_at=excluded.due_at
        """,
        id, lane.Run.ToBytes(), lane.Seq, (long)lane.Attempts, RunColumns.Time(lane.DueAt));

    public static Statement DropLane(byte[] id, RunId run) => new("DELETE FROM webhook_lanes WHERE webhook_id=@id AND run_id=@run_id", id, run.ToBytes());

    public static Statement InsertAttempt(byte[] id, AttemptRow attempt) => new(
        """
        INSERT INTO webhook_attempts(webhook_id, id, seq, run_id, attempt, at, status, error, duration, state, next_at)
        VALUES(@webhook_id, @id, @seq, @run_id, @attempt, @at, @status, @error, @duration, @state, @next_at) ON CONFLICT(webhook_id, id) DO NOTHING
        """,
        id, attempt.Id, attempt.Seq, attempt.RunId, attempt.Attempt, attempt.At, attempt.Status, attempt.Error, attempt.Duration, attempt.State, attempt.NextAt);

    /// <summary>Old attempts, some at a time; those that were given up as long as runs are kept.</summary>
    public static Statement DropAttempts(DateTimeOffset before, DateTimeOffset deadBefore, int limit) => new(
        """
        DELETE FROM webhook_attempts WHERE (webhook_id, id) IN (
            SELECT webhook_id, id FROM webhook_attempts WHERE at<=@before AND (state<>'dead' OR at<=@dead_before) LIMIT @limit)
        """,
        RunColumns.Time(before), RunColumns.Time(deadBefore), (long)limit);

    /// <summary>How long a key is answered with what it stands for.</summary>
    public static Statement KeepKey(string tenant, IdempotencyKey key, byte[] target, DateTimeOffset until) => new(
        "UPDATE idempotency SET expires_at=@until WHERE tenant=@tenant AND key_hash=@key_hash AND target=@target", RunColumns.Time(until), tenant, key.Hash, target);

    private static long? Time(DateTimeOffset? time) => time is { } at ? RunColumns.Time(at) : null;
}

/// <summary>What a replica has taken.</summary>
internal sealed record WebhookClaim(long Fence, long Cursor, long Failures, DateTimeOffset RestUntil);

/// <summary>How far an endpoint has come; times are null where nothing new is to be told.</summary>
internal sealed record WebhookState(long Cursor, long Failures, DateTimeOffset RestUntil, DateTimeOffset? LastSuccessAt, DateTimeOffset? LastFailureAt, string? LastFailure);
