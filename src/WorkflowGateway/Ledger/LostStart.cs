using System.Data.Common;
using System.Text.Json;
using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>A start of which nobody has seen the answer: under way, unknown, or given up by an operator although it may still turn up.</summary>
/// <param name="Kind"><see cref="WorkKind.Reconcile"/> once nobody waits for its answer any more, <see cref="WorkKind.Lost"/> once an operator gave it up.</param>
/// <param name="Scope">In which list its run would stand; null where the vendor has none.</param>
/// <param name="Target">What a run shows again of its target, as JSON; null where it is not known.</param>
/// <param name="SentAt">When it was, or will at the earliest have been, sent.</param>
internal sealed record LostStart(RunId RunId, string Tenant, string Connection, WorkKind Kind, string? Scope, string? Target, DateTimeOffset SentAt, long Fence, int Quiet)
{
    /// <summary>Their place in <c>work</c>: they are looked for, not read.</summary>
    public const long Lane = 9;

    private const string Columns = "run_id, tenant, connection, kind, scope, target, sent_at, fence, quiet";

    // The vendor is part of it: two may write their targets alike.
    public static string ScopeOf(string vendor, JsonElement group) => vendor + " " + group.GetRawText();

    /// <summary>What the list of the scope is asked for.</summary>
    public JsonElement Group => JsonElement.Parse(Scope![(Scope!.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    /// <summary>Takes what is to be looked for now; due_at is the lease.</summary>
    public static Statement Claim(string connection, DateTimeOffset now, DateTimeOffset lease, int limit) => new(
        $$"""
        WITH due AS MATERIALIZED (
            SELECT run_id FROM work WHERE connection=@connection AND lane=9 AND due_at<=@now ORDER BY due_at LIMIT @limit {skip_locked})
        UPDATE work SET due_at=@lease, fence=fence+1 WHERE run_id IN (SELECT run_id FROM due)
        RETURNING {{Columns}}
        """,
        connection, RunColumns.Time(now), (long)limit, RunColumns.Time(lease));

    /// <summary>Looked for; why that failed is freshness, not state.</summary>
    public Statement Again(DateTimeOffset next, string? error) => new(
        "UPDATE work SET due_at=@next, quiet=quiet+1, sync_error=@sync_error WHERE run_id=@run_id AND fence=@fence AND lane=9",
        RunColumns.Time(next), error, RunId.ToBytes(), Fence);

    /// <summary>
    /// The run ended without anybody knowing what the vendor did. Its start stays a claimant of what nobody claims until the run is purged,
    /// and whatever turns up with its mark is an orphan.
    /// </summary>
    public static Statement Keep(RunRow run) => new(
        "UPDATE work SET kind='lost', lane=9, due_at=@due_at, credential=NULL, sync_error=NULL, fence=fence+1 WHERE run_id=@run_id",
        RunColumns.Time(run.UpdatedAt), run.Id.ToBytes());

    public static List<LostStart> Read(DbDataReader rows)
    {
        var starts = new List<LostStart>();
        while (rows.Read()) starts.Add(Of(rows));
        return starts;
    }

    public static LostStart Of(DbDataReader row)
    {
        var id = RunId.FromBytes((byte[])row[0]);
        return new LostStart(
            id, row.GetString(1), row.GetString(2), RunColumns.Word<WorkKind>(row.GetString(3)), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? id.CreatedAt : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)), row.GetInt64(7), (int)row.GetInt64(8));
    }

    public const string Select = $"SELECT {Columns} FROM work";
}

internal sealed partial class LedgerReader
{
    /// <summary>How many lost starts are to be looked for now, up to a limit.</summary>
    public ValueTask<long> CountLostAsync(string connection, DateTimeOffset now, int limit) => pool.UseAsync(async reader =>
    {
        await using var rows = await reader.Statements.QueryAsync(new Statement(
            "SELECT COUNT(*) FROM (SELECT 1 FROM work WHERE connection=@connection AND lane=9 AND due_at<=@now LIMIT @limit) p", connection, RunColumns.Time(now), (long)limit));
        return await rows.ReadAsync() ? rows.GetInt64(0) : 0;
    });

    /// <summary>Every start of a scope that is not bound, whoever made it: those under way too.</summary>
    public ValueTask<IReadOnlyList<LostStart>> ListClaimantsAsync(string scope, int limit) => pool.UseAsync(async reader =>
    {
        await using var rows = await reader.Statements.QueryAsync(new Statement($"{LostStart.Select} WHERE scope=@scope AND scope IS NOT NULL AND kind <> 'poll' ORDER BY run_id LIMIT @limit", scope, (long)limit));
        var starts = new List<LostStart>();
        while (await rows.ReadAsync()) starts.Add(LostStart.Of(rows));
        return (IReadOnlyList<LostStart>)starts;
    });

    /// <summary>What was sent of a run that is open.</summary>
    public ValueTask<LostStart?> FindStartAsync(RunId run) => pool.UseAsync(async reader =>
    {
        await using var rows = await reader.Statements.QueryAsync(new Statement($"{LostStart.Select} WHERE run_id=@run_id", run.ToBytes()));
        return await rows.ReadAsync() ? LostStart.Of(rows) : null;
    });

    /// <summary>Which of a vendor's runs are bound, over whatever connection: one that was renamed reaches the same account.</summary>
    public ValueTask<IReadOnlySet<string>> FindBoundAsync(string vendor, IReadOnlyCollection<string> vendorRunIds) => pool.UseAsync(async reader =>
    {
        var bound = new HashSet<string>(StringComparer.Ordinal);
        var connections = (await reader.Connection.QueryAsync<string>("SELECT DISTINCT connection FROM run_counts WHERE vendor=@vendor", new { vendor })).AsList();
        foreach (var connection in connections)
        {
            foreach (var id in vendorRunIds)
            {
                await using var rows = await reader.Statements.QueryAsync(new Statement("SELECT 1 FROM runs WHERE connection=@connection AND vendor_run_id=@vendor_run_id", connection, id));
                if (await rows.ReadAsync()) bound.Add(id);
            }
        }

        return (IReadOnlySet<string>)bound;
    });
}
