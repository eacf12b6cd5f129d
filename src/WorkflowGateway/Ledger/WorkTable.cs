using System.Data.Common;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>What is to be done next about an open run.</summary>
internal enum WorkKind
{
    /// <summary>Send the start; it was never sent under its attempt.</summary>
    Queued,

    /// <summary>The start is being sent. When this falls due nobody will ever know what came of it: unknown, never a second send.</summary>
    Sent,

    /// <summary>Read the run.</summary>
    Poll,

    /// <summary>Find out what came of an unconfirmed start.</summary>
    Reconcile,

    /// <summary>An operator ended the run without anybody knowing what the vendor did: what turns up of it is nobody's.</summary>
    Lost,
}

/// <param name="Fence">Raised by every claim; whoever holds an older one has lost the row.</param>
/// <param name="Quiet">How many reads in a row changed nothing.</param>
/// <param name="ByEvent">Whether a vendor's event is why it is due.</param>
internal sealed record WorkClaim(RunId RunId, string Tenant, WorkKind Kind, long Fence, int Quiet, int Missing, DateTimeOffset? MissingSince, byte[]? Credential, bool ByEvent)
{
    /// <summary>What a change that the read brings came from.</summary>
    public string Cause => ByEvent ? "vendor-event" : "poll";
}

/// <summary>The statements of the table of open runs. Shared by both stores.</summary>
internal static class WorkTable
{
    private const string Claimed = "run_id, tenant, kind, fence, quiet, missing, missing_since, credential, hint";

    /// <param name="run">A new run.</param>
    /// <param name="kind">What is to be done.</param>
    /// <param name="dueAt">When.</param>
    /// <param name="credential">The end user's token, sealed.</param>
    /// <param name="trace">What the run is looked for by should nobody see the answer to its start.</param>
    public static Statement Insert(RunRow run, WorkKind kind, DateTimeOffset dueAt, byte[]? credential, StartTrace? trace = null) => new(
        "INSERT INTO work(run_id, tenant, connection, kind, lane, due_at, credential, scope, target, sent_at) VALUES(@run_id, @tenant, @connection, @kind, @lane, @due_at, @credential, @scope, @target, @sent_at)",
        run.Id.ToBytes(), run.Tenant, run.Connection, Word(kind), LaneOf(kind), RunColumns.Time(dueAt), credential,
        trace is { Group: { } group } ? LostStart.ScopeOf(run.Vendor, group) : null, trace?.Target.GetRawText(), RunColumns.Time(run.UpdatedAt));

    /// <summary>What is next about a run that just changed. Raises the fence: a read that is under way cannot overwrite it. An event of the vendor's that nobody has followed yet stays due.</summary>
    public static Statement Plan(RunRow run, WorkKind kind, DateTimeOffset dueAt) => new(
        "UPDATE work SET kind=@kind, lane=@lane, due_at=CASE WHEN hint=fence AND kind='poll' THEN due_at ELSE @due_at END, hint=CASE WHEN hint=fence THEN fence+1 END, " +
        "fence=fence+1, quiet=0, observed_at=@observed_at, sync_error=NULL, missing=0, missing_since=NULL WHERE run_id=@run_id",
        Word(kind), LaneOf(kind), RunColumns.Time(dueAt), run.ObservedAt is { } at ? RunColumns.Time(at) : null, run.Id.ToBytes());

    /// <summary>Flips a queued start to sent: only who does this may send it.</summary>
    public static Statement Send(RunId run, long fence, DateTimeOffset now, DateTimeOffset dueAt) => new(
        "UPDATE work SET kind='sent', lane=@lane, sent_at=@sent_at, due_at=@due_at WHERE run_id=@run_id AND kind='queued' AND fence=@fence",
        LaneOf(WorkKind.Sent), RunColumns.Time(now), RunColumns.Time(dueAt), run.ToBytes(), fence);

    /// <summary>A start that is handed on to another connection, to be sent there as soon as there is a place.</summary>
    public static Statement Move(RunRow run, bool keepToken, StartTrace? trace) => new(
        $"UPDATE work SET connection=@connection, kind='queued', lane=@lane, due_at=@due_at, scope=@scope, target=@target, hint=NULL, fence=fence+1{(keepToken ? "" : ", credential=NULL")} WHERE run_id=@run_id",
        run.Connection, LaneOf(WorkKind.Queued), RunColumns.Time(run.UpdatedAt), trace is { Group: { } group } ? LostStart.ScopeOf(run.Vendor, group) : null, trace?.Target.GetRawText(), run.Id.ToBytes());

    /// <summary>A read that changed nothing.</summary>
    public static Statement Seen(WorkClaim claim, DateTimeOffset at, PollPlan next) => new(
        "UPDATE work SET due_at=@next, lane=@lane, observed_at=@at, quiet=quiet+1, sync_error=NULL, missing=0, missing_since=NULL WHERE run_id=@run_id AND fence=@fence",
        RunColumns.Time(next.DueAt), (long)next.Lane, RunColumns.Time(at), claim.RunId.ToBytes(), claim.Fence);

    /// <summary>A read that failed: freshness, not state.</summary>
    public static Statement Failed(WorkClaim claim, string error, PollPlan next, int missing, DateTimeOffset? missingSince) => new(
        "UPDATE work SET due_at=@next, lane=@lane, quiet=quiet+1, sync_error=@sync_error, missing=@missing, missing_since=@since WHERE run_id=@run_id AND fence=@fence",
        RunColumns.Time(next.DueAt), (long)next.Lane, error, (long)missing, missingSince is { } since ? RunColumns.Time(since) : null, claim.RunId.ToBytes(), claim.Fence);

    /// <summary>Not now.</summary>
    public static Statement Postpone(WorkClaim claim, DateTimeOffset next) => new(
        "UPDATE work SET due_at=@next WHERE run_id=@run_id AND fence=@fence", RunColumns.Time(next), claim.RunId.ToBytes(), claim.Fence);

    /// <summary>Read it soon.</summary>
    public static Statement Hint(RunId run, DateTimeOffset dueAt) => new(
        "UPDATE work SET due_at=@due_at, lane=0, hint=CASE WHEN hint=fence THEN fence+1 END, fence=fence+1 WHERE run_id=@run_id AND kind='poll'", RunColumns.Time(dueAt), run.ToBytes());

    /// <summary>A vendor's event told of it: read it now, and know why.</summary>
    public static Statement HintByEvent(RunId run, DateTimeOffset now) => new(
        "UPDATE work SET due_at=@due_at, lane=0, fence=fence+1, hint=fence+1 WHERE run_id=@run_id AND kind='poll'", RunColumns.Time(now), run.ToBytes());

    /// <summary>
    /// What a vendor's list says of one of its runs: with the stored word it is as it was, with another it is read now. A row says less than a read:
    /// runs that are unknown or wait for somebody, of which the vendor sent an event, or for which something is to be done or to be judged, are left to reads. Answers with a row where it said something.
    /// </summary>
    /// <param name="config">The connection.</param>
    /// <param name="vendorRunId">The vendor's run.</param>
    /// <param name="word">The vendor's word for its status.</param>
    /// <param name="asked">When the list was asked for.</param>
    /// <param name="fraction">Chance, in [0, 1): spreads reads that would fall together.</param>
    public static Statement Listed(ConnectionConfig config, string vendorRunId, string word, DateTimeOffset asked, double fraction) => new(
        """
        UPDATE work SET fence=work.fence+1,
            lane=CASE WHEN r.native_status=@word THEN work.lane ELSE 0 END,
            due_at=CASE WHEN r.native_status<>@word OR r.native_status IS NULL THEN @asked
                WHEN (@asked - r.updated_at) / 3 < @most THEN @asked + (@asked - r.updated_at) / 3 * @spread / 1000 ELSE @asked + @most * @spread / 1000 END,
            observed_at=CASE WHEN r.native_status=@word THEN @asked ELSE work.observed_at END,
            quiet=CASE WHEN r.native_status=@word THEN work.quiet+1 ELSE work.quiet END,
            sync_error=CASE WHEN r.native_status=@word THEN NULL ELSE work.sync_error END,
            missing=CASE WHEN r.native_status=@word THEN 0 ELSE work.missing END,
            missing_since=CASE WHEN r.native_status=@word THEN NULL ELSE work.missing_since END
        FROM runs r
        WHERE r.connection=@connection AND r.vendor_run_id=@vendor_run_id AND r.connection_identity=@identity AND r.final=0 AND r.status<>'unknown' AND r.deadline IS NULL AND r.stop_requested=0
            AND work.run_id=r.id AND work.kind='poll' AND (work.lane=1 OR work.due_at<=@asked) AND (work.hint IS NULL OR work.hint<>work.fence)
            AND NOT EXISTS(SELECT 1 FROM commands c WHERE c.run_id=r.id AND c.state IN ('sent', 'unknown'))
        RETURNING work.run_id
        """,
        word, RunColumns.Time(asked), (long)config.PollMax.TotalMilliseconds, (long)(800 + (400 * fraction)), config.Name, vendorRunId, config.Identity);

    public static Statement Renew(RunId run, byte[] credential) => new("UPDATE work SET credential=@credential WHERE run_id=@run_id", credential, run.ToBytes());

    public static Statement Delete(RunId run) => new("DELETE FROM work WHERE run_id=@run_id", run.ToBytes());

    /// <summary>The vendor refused the end user's token: it is of no use any more, and must not lie around.</summary>
    public static Statement DropCredential(WorkClaim claim) => new(
        "UPDATE work SET credential=NULL WHERE run_id=@run_id AND credential=@credential", claim.RunId.ToBytes(), claim.Credential);

    /// <summary>
    /// After a restart of the only process nobody is sending any more, nobody holds a start that is still to be sent or looked for, and nobody waits for the
    /// answer to a command; what could not be read because of its connection's configuration is tried with the new one, and so is what an
    /// earlier, wrong clock put off for long.
    /// </summary>
    public static Statement CutOff(DateTimeOffset now) => new(
        "UPDATE work SET due_at=@now WHERE kind='sent' OR kind='queued' OR kind='reconcile' OR sync_error=@changed OR due_at > @far OR run_id IN (SELECT run_id FROM commands WHERE state='sent')",
        RunColumns.Time(now), ConnectionChanged, RunColumns.Time(now.AddMinutes(30)));

    /// <summary>Why a run is not read whose connection is gone or reaches another account.</summary>
    public const string ConnectionChanged = "connection-changed";

    /// <summary>Has some of the runs read now that could not be because their connection was gone or reached another account: it was changed. Nothing is answered once there are no more.</summary>
    public static Statement TryAgain(string connection, DateTimeOffset now, int limit) => new(
        """
        UPDATE work SET due_at=@now WHERE run_id IN (
            SELECT run_id FROM work WHERE connection=@connection AND sync_error = 'connection-changed' AND due_at>@now LIMIT @limit)
        RETURNING run_id
        """,
        RunColumns.Time(now), connection, (long)limit);

    /// <summary>Takes due rows; due_at is the lease.</summary>
    public static Statement Claim(string connection, WorkLane lane, DateTimeOffset now, DateTimeOffset lease, int limit) => new(
        $$"""
        WITH due AS MATERIALIZED (
            SELECT run_id FROM work WHERE connection=@connection AND lane=@lane AND due_at<=@now ORDER BY due_at LIMIT @limit {skip_locked})
        UPDATE work SET due_at=@lease, fence=fence+1 WHERE run_id IN (SELECT run_id FROM due)
        RETURNING {{Claimed}}
        """,
        connection, (long)lane, RunColumns.Time(now), (long)limit, RunColumns.Time(lease));

    /// <summary>Takes one run's row, due or not. Nothing where it is not there to be read.</summary>
    public static Statement Take(RunId run, DateTimeOffset lease) => new(
        $"UPDATE work SET due_at=@lease, fence=fence+1 WHERE run_id=@run_id AND kind='poll' RETURNING {Claimed}", RunColumns.Time(lease), run.ToBytes());

    public static List<WorkClaim> Read(DbDataReader rows)
    {
        var claims = new List<WorkClaim>();
        while (rows.Read())
        {
            claims.Add(new WorkClaim(
                RunId.FromBytes((byte[])rows[0]), rows.GetString(1), RunColumns.Word<WorkKind>(rows.GetString(2)), rows.GetInt64(3), (int)rows.GetInt64(4),
                (int)rows.GetInt64(5), rows.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(6)), rows.IsDBNull(7) ? null : (byte[])rows[7],
                !rows.IsDBNull(8) && rows.GetInt64(8) == rows.GetInt64(3) - 1));
        }

        return claims;
    }

    private static long LaneOf(WorkKind kind) => kind switch
    {
        WorkKind.Queued => (long)WorkLane.Starts,
        WorkKind.Sent => (long)WorkLane.GivenUp,
        WorkKind.Reconcile or WorkKind.Lost => LostStart.Lane,
        _ => (long)WorkLane.Soon,
    };

    private static string Word(WorkKind kind) => kind switch
    {
        WorkKind.Queued => "queued",
        WorkKind.Sent => "sent",
        WorkKind.Poll => "poll",
        WorkKind.Lost => "lost",
        _ => "reconcile",
    };
}
