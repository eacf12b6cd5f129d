using Dapper;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Reads what is durable: the same rows for detail, list, counts and events, so that they cannot disagree.</summary>
internal sealed partial class LedgerReader(ReaderPool pool, Dialect dialect, Sealer sealer, RowCache? cache)
{
    private const string RunSource = "runs r LEFT JOIN work w ON w.run_id = r.id";
    private static readonly string RunSelect = RunColumns.Select + ", COALESCE(w.observed_at, r.observed_at) AS observed_at, w.sync_error";
    private static readonly string FindSql = $"SELECT {RunSelect} FROM {RunSource} WHERE r.id=@id";
    private static readonly string FindOfTenantSql = $"SELECT {RunSelect} FROM {RunSource} WHERE r.tenant=@tenant AND r.id=@id";

    private static readonly string DueSql = "SELECT " + string.Join(", ", Enum.GetValues<WorkLane>().Select(lane =>
        $"(SELECT COUNT(*) FROM (SELECT 1 FROM work WHERE connection=@connection AND lane={(int)lane} AND due_at<=@now LIMIT @limit) l{(int)lane})"));

    // For the rows that Dapper maps; runs are read by place.
    static LedgerReader() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <param name="tenant">Null for all tenants. Another tenant's run does not exist.</param>
    /// <param name="id">The run.</param>
    public async ValueTask<RunRow?> FindRunAsync(string? tenant, RunId id)
    {
        if (cache is null) return await ReadRunAsync(tenant, id);
        var run = cache.Find(id) ?? await cache.KeepAsync(id, () => ReadRunAsync(tenant, id));
        return run is not null && (tenant is null || run.Tenant == tenant) ? run : null;
    }

    /// <summary>A run as far as it exists for a caller: another tenant's does not, nor does one of a workflow that its key is not for.</summary>
    public async ValueTask<RunRow?> FindVisibleAsync(Caller caller, RunId id) => await FindRunAsync(caller.Tenant, id) is { } run && caller.Sees(run.Workflow) ? run : null;

    private ValueTask<RunRow?> ReadRunAsync(string? tenant, RunId id) => pool.UseAsync(async reader =>
    {
        var statement = tenant is null ? new Statement(FindSql, id.ToBytes()) : new Statement(FindOfTenantSql, tenant, id.ToBytes());
        await using var rows = await reader.Statements.QueryAsync(statement);
        return await rows.ReadAsync() ? RunColumns.ToRow(rows, sealer) : null;
    });

    /// <summary>The store's own time, where it has a clock: the same for all replicas.</summary>
    public ValueTask<DateTimeOffset> ReadClockAsync() => pool.UseAsync(async reader =>
        DateTimeOffset.FromUnixTimeMilliseconds(await reader.Connection.ExecuteScalarAsync<long>("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")));

    public ValueTask<IReadOnlyList<CountRow>> CountRunsAsync(string? tenant) => pool.UseAsync(async reader =>
    {
        var sql = "SELECT workflow, vendor, connection, status, CAST(SUM(n) AS BIGINT) FROM run_counts" + (tenant is null ? "" : " WHERE tenant = @tenant") +
            " GROUP BY workflow, vendor, connection, status HAVING SUM(n) <> 0 ORDER BY workflow, vendor, connection, status";
        return (IReadOnlyList<CountRow>)[.. (await reader.Connection
            .QueryAsync<(string Workflow, string Vendor, string Connection, string Status, long Count)>(sql, new { tenant }))
            .Select(row => new CountRow(row.Workflow, row.Vendor, row.Connection, RunColumns.Word<RunStatus>(row.Status), row.Count))];
    });

    /// <param name="run">The run.</param>
    /// <param name="kind">One of <see cref="BodyKind"/>.</param>
    public ValueTask<string?> FindBodyAsync(RunRow run, string kind) => pool.UseAsync(async reader =>
    {
        var body = await reader.Connection.QueryFirstOrDefaultAsync<byte[]>(
            "SELECT body FROM run_bodies WHERE tenant = @Tenant AND run_id = @id AND kind = @kind", new { run.Tenant, id = run.Id.ToBytes(), kind });
        return body is null ? null : sealer.Open(body, run.Tenant, run.Id, kind);
    });

    /// <summary>How much is to be done now, up to a limit in each lane: a look costs less than a claim.</summary>
    public ValueTask<DueCounts> CountDueAsync(string connection, DateTimeOffset now, int limit) => pool.UseAsync(async reader =>
    {
        await using var rows = await reader.Statements.QueryAsync(new Statement(DueSql, connection, RunColumns.Time(now), (long)limit));
        return await rows.ReadAsync() ? new DueCounts(rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3)) : default;
    });

    /// <summary>The oldest of the runs that are due in the second lane, as far as a look at a thousand of them tells.</summary>
    public ValueTask<RunId?> FindOldestDueAsync(string connection, DateTimeOffset now) => pool.UseAsync(async reader =>
        await reader.Connection.QueryFirstOrDefaultAsync<byte[]>(
            "SELECT run_id FROM (SELECT run_id FROM work WHERE connection=@connection AND lane=1 AND due_at<=@now ORDER BY due_at LIMIT 1000) p ORDER BY run_id LIMIT 1",
            new { connection, now = RunColumns.Time(now) }) is { } id ? RunId.FromBytes(id) : (RunId?)null);

    /// <summary>The connections of open runs, one step in the index for each: a DISTINCT would walk all open runs.</summary>
    public ValueTask<IReadOnlyList<string>> ListConnectionsWithWorkAsync() => pool.UseAsync(async reader => (IReadOnlyList<string>)(await reader.Connection.QueryAsync<string>(
        """
        WITH RECURSIVE c(name) AS (
            SELECT MIN(connection) FROM work UNION ALL SELECT (SELECT MIN(connection) FROM work WHERE connection > c.name) FROM c WHERE c.name IS NOT NULL)
        SELECT name FROM c WHERE name IS NOT NULL
        """)).AsList());

    /// <summary>The end user's token that a run is read with, sealed.</summary>
    public ValueTask<byte[]?> FindCredentialAsync(RunId run) => pool.UseAsync(async reader =>
        await reader.Connection.QueryFirstOrDefaultAsync<byte[]>("SELECT credential FROM work WHERE run_id=@id", new { id = run.ToBytes() }));

    public async ValueTask<bool> TryPingAsync()
    {
        try
        {
            return await pool.UseAsync(async reader => await reader.Connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM migrations") > 0);
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }
}

/// <summary>The kinds of body kept beside a run.</summary>
internal static class BodyKind
{
    public const string Input = "input";
    public const string Native = "native";

    /// <summary>What a start must send when it is tried again; dropped once the run is bound.</summary>
    public const string Start = "start";

    /// <summary>What came back when nobody could say what it meant.</summary>
    public const string Evidence = "evidence";
}

internal sealed record CountRow(string Workflow, string Vendor, string Connection, RunStatus Status, long Count);
