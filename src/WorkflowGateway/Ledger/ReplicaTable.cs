using Dapper;

namespace WorkflowGateway.Ledger;

/// <summary>A process that shares the store.</summary>
/// <param name="Id">Random, for as long as the process lives.</param>
/// <param name="SeenAt">Its last heartbeat.</param>
/// <param name="Revision">The configuration that it serves.</param>
/// <param name="Accounts">Which accounts its connections reach, as a hash; null where its version does not say.</param>
/// <param name="DegradedSince">Since when its configuration file is refused; null where that is what it serves.</param>
internal sealed record ReplicaRow(string Id, DateTimeOffset SeenAt, string Revision, string? Accounts, DateTimeOffset? DegradedSince);

/// <summary>The statements of the tables that replicas tell each other by. Shared by both stores.</summary>
internal static class ReplicaTable
{
    public static Statement Beat(string id, DateTimeOffset now, string revision, string accounts, DateTimeOffset? degradedSince) => new(
        "INSERT INTO replicas(id, seen_at, revision, accounts, degraded_since) VALUES(@id, @now, @revision, @accounts, @degraded_since) " +
        "ON CONFLICT(id) DO UPDATE SET seen_at=excluded.seen_at, revision=excluded.revision, accounts=excluded.accounts, degraded_since=excluded.degraded_since",
        id, RunColumns.Time(now), revision, accounts, degradedSince is { } since ? RunColumns.Time(since) : null);

    public static Statement Leave(string id) => new("DELETE FROM replicas WHERE id=@id", id);

    public static Statement LeaveOthers(string id) => new("DELETE FROM replicas WHERE id<>@id", id);

    public static Statement PurgeReplicas(DateTimeOffset before) => new("DELETE FROM replicas WHERE seen_at<@before", RunColumns.Time(before));

    /// <summary>The longest pause that a vendor asked for stands.</summary>
    public static Statement Pause(string connection, DateTimeOffset until) => new(
        "INSERT INTO pauses(connection, until) VALUES(@connection, @until) ON CONFLICT(connection) DO UPDATE SET until=excluded.until WHERE pauses.until<excluded.until",
        connection, RunColumns.Time(until));

    public static Statement PurgePauses(DateTimeOffset before) => new("DELETE FROM pauses WHERE until<@before", RunColumns.Time(before));
}

internal sealed partial class LedgerReader
{
    public ValueTask<List<ReplicaRow>> ListReplicasAsync() => pool.UseAsync<List<ReplicaRow>>(async reader =>
    [
        .. (await reader.Connection.QueryAsync<(string Id, long SeenAt, string Revision, string? Accounts, long? DegradedSince)>("SELECT id, seen_at, revision, accounts, degraded_since FROM replicas ORDER BY id"))
            .Select(row => new ReplicaRow(
                row.Id, DateTimeOffset.FromUnixTimeMilliseconds(row.SeenAt), row.Revision, row.Accounts, row.DegradedSince is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null)),
    ]);

    public ValueTask<List<(string Connection, DateTimeOffset Until)>> ListPausesAsync() => pool.UseAsync<List<(string, DateTimeOffset)>>(async reader =>
    [
        .. (await reader.Connection.QueryAsync<(string Connection, long Until)>("SELECT connection, until FROM pauses"))
            .Select(row => (row.Connection, DateTimeOffset.FromUnixTimeMilliseconds(row.Until))),
    ]);
}
