using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>A run that is old enough to go.</summary>
/// <param name="KeyHash">The key of its start; null where it had none.</param>
/// <param name="LastSeq">The sequence of its last event.</param>
internal sealed record EndedRun(RunRow Run, byte[]? KeyHash, long LastSeq);

/// <summary>The statements that take away what is old. Shared by both stores.</summary>
internal static class RetentionTable
{
    public const string Events = "events";

    /// <summary>Before anything of it is taken away: a reader of events must never miss one without being able to know.</summary>
    public static Statement Raise(long seq) => new(
        "INSERT INTO watermarks(name, seq) VALUES(@name, @seq) ON CONFLICT(name) DO UPDATE SET seq=excluded.seq WHERE excluded.seq > watermarks.seq", Events, seq);

    /// <summary>A run with all that is its, counts included. Refused where another replica was first; a run that is open stays whatever is asked.</summary>
    public static LedgerChange Purge(EndedRun ended)
    {
        var run = ended.Run;
        var id = run.Id.ToBytes();
        var change = new LedgerChange { Order = id };
        change.Guards.Add(new Statement("DELETE FROM runs WHERE tenant=@tenant AND id=@id AND (final=1 OR (dry_run=1 AND status<>'starting' AND status<>'unknown'))", run.Tenant, id));
        change.Counts.Add((run, -1));
        change.Consequences.Add(new Statement("DELETE FROM events WHERE run_id=@id", id));
        change.Consequences.Add(new Statement("DELETE FROM work WHERE run_id=@id", id));
        change.Consequences.Add(new Statement("DELETE FROM run_bodies WHERE tenant=@tenant AND run_id=@id", run.Tenant, id));
        foreach (var (key, value) in run.Labels)
            change.Consequences.Add(new Statement("DELETE FROM run_labels WHERE tenant=@tenant AND key=@key AND value=@value AND run_id=@id", run.Tenant, key, value, id));
        if (ended.KeyHash is { } hash)
            change.Consequences.Add(new Statement("DELETE FROM idempotency WHERE tenant=@tenant AND key_hash=@key_hash AND target=@id", run.Tenant, hash, id));
        // A key that stands for something else by now is not the command's.
        change.Consequences.Add(new Statement(
            "DELETE FROM idempotency WHERE tenant=@tenant AND key_hash IN (SELECT key_hash FROM commands WHERE run_id=@id AND key_hash IS NOT NULL) AND target IN (SELECT id FROM commands WHERE run_id=@id)",
            run.Tenant, id));
        change.Consequences.Add(new Statement("DELETE FROM commands WHERE run_id=@id", id));
        return change;
    }

    /// <summary>Keys whose time is up. One that was claimed anew meanwhile has no such time any more.</summary>
    public static Statement DropKeys(DateTimeOffset now, int limit) => new(
        "DELETE FROM idempotency WHERE (tenant, key_hash) IN (SELECT tenant, key_hash FROM idempotency WHERE expires_at<=@now LIMIT @limit) AND expires_at<=@now", RunColumns.Time(now), (long)limit);

    public static Statement DropOrphans(DateTimeOffset before) => new("DELETE FROM orphans WHERE found_at<=@before", RunColumns.Time(before));
}

internal sealed partial class LedgerReader
{
    /// <summary>Runs that ended by then, the oldest first; dry runs, which only ask, by when they were made.</summary>
    public ValueTask<IReadOnlyList<EndedRun>> ListEndedAsync(DateTimeOffset before, int limit) => pool.UseAsync(async reader =>
    {
        var parameters = new { before = RunColumns.Time(before), first = RunId.FirstAt(before).ToBytes(), limit };
        var ended = (await reader.Connection.QueryAsync<(string Tenant, byte[] Id, byte[]? KeyHash)>(
            "SELECT tenant, id, key_hash FROM runs WHERE final_at<=@before AND final_at IS NOT NULL ORDER BY final_at LIMIT @limit", parameters)).AsList();
        ended.AddRange(await reader.Connection.QueryAsync<(string Tenant, byte[] Id, byte[]? KeyHash)>(
            "SELECT tenant, id, key_hash FROM runs WHERE dry_run=1 AND id<@first AND final=0 AND status<>'starting' AND status<>'unknown' ORDER BY id LIMIT @limit", parameters));
        var runs = new List<EndedRun>();
        foreach (var (tenant, id, keyHash) in ended)
        {
            var last = await reader.Connection.ExecuteScalarAsync<long?>("SELECT MAX(seq) FROM events WHERE run_id=@id", new { id }) ?? 0;
            await using var rows = await reader.Statements.QueryAsync(new Statement(FindOfTenantSql, tenant, id));
            if (await rows.ReadAsync()) runs.Add(new EndedRun(RunColumns.ToRow(rows, sealer), keyHash, last));
        }

        return (IReadOnlyList<EndedRun>)runs;
    });
}
