using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>How long runs usually last, from when they were accepted to when the gateway saw their end.</summary>
/// <param name="Count">How many runs say so.</param>
/// <param name="Median">Half of them took no longer.</param>
/// <param name="P90">Nine in ten took no longer.</param>
internal sealed record RunDurations(int Count, TimeSpan Median, TimeSpan P90)
{
    /// <summary>Null where there is none.</summary>
    public static RunDurations? Of(IEnumerable<TimeSpan> durations)
    {
        var sorted = durations.Order().ToList();
        return sorted.Count == 0 ? null : new RunDurations(sorted.Count, At(0.5), At(0.9));

        TimeSpan At(double part) => sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Count) - 1)];
    }
}

internal sealed partial class LedgerReader
{
    /// <summary>More than this many open runs of a workflow at a connection are not counted.</summary>
    public int MostOpenCounted { get; init; } = 100_000;

    private const int Newest = 1000;
    private const int MostExamined = 5000;

    /// <summary>How long runs of a workflow last at a connection: of the thousand that ended last there, those that the vendor carried out to an end. Null where there are none.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="tenant">Null for all tenants.</param>
    public ValueTask<RunDurations?> FindDurationsAsync(string workflow, string connection, string? tenant) => pool.UseAsync(async reader =>
    {
        var rows = await reader.Connection.QueryAsync<(byte[] Id, long FinalAt)>(FinishedSql(tenant), new { workflow, connection, tenant });
        return RunDurations.Of(rows.Select(row => DateTimeOffset.FromUnixTimeMilliseconds(row.FinalAt) - RunId.FromBytes(row.Id).CreatedAt));
    });

    /// <summary>How many runs of a workflow are open, by connection and route, of at most <see cref="MostOpenCounted"/> looked at at each connection.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="connection">Null for all connections.</param>
    /// <param name="tenant">Null for all tenants.</param>
    public ValueTask<IReadOnlyList<OpenRuns>> CountOpenAsync(string workflow, string? connection, string? tenant) => pool.UseAsync(async reader =>
    {
        var counts = new List<OpenRuns>();
        // One by one: a connection with very many would hide what is left at one that drains.
        foreach (var one in connection is not null ? [connection] : await reader.Connection.QueryAsync<string>(PlacesSql(tenant), new { workflow, tenant }))
        {
            counts.AddRange((await reader.Connection.QueryAsync<(string Connection, string Route, long Open)>(OpenSql(tenant), new { workflow, connection = one, tenant, most = MostOpenCounted }))
                .Select(row => new OpenRuns(row.Connection, row.Route, row.Open)));
        }

        return (IReadOnlyList<OpenRuns>)counts;
    });

    /// <summary>How many runs are open, by workflow, vendor, connection and status: like <see cref="CountRunsAsync"/>, without dry runs, which nobody follows and no switch can hurt.</summary>
    /// <param name="tenant">Null for all tenants.</param>
    public ValueTask<IReadOnlyList<CountRow>> CountOpenAsync(string? tenant) => pool.UseAsync(async reader => (IReadOnlyList<CountRow>)[.. (await reader.Connection
        .QueryAsync<(string Workflow, string Vendor, string Connection, string Status, long Count)>(AllOpenSql(tenant), new { tenant }))
        .Select(row => new CountRow(row.Workflow, row.Vendor, row.Connection, RunColumns.Word<RunStatus>(row.Status), row.Count)).Where(row => !row.Status.IsFinal())]);

    // What a partial index covers must stand there as the index says it.
    internal static string FinishedSql(string? tenant)
    {
        var newest = $"""
            SELECT tenant, id, final_at FROM runs WHERE workflow=@workflow AND connection=@connection AND final = 1 AND vendor_run_id IS NOT NULL AND status <> 'abandoned'
            ORDER BY final_at DESC LIMIT {(tenant is null ? Newest : MostExamined)}
            """;
        return $"SELECT id, final_at FROM ({newest}) p{(tenant is null ? "" : $" WHERE tenant=@tenant LIMIT {Newest}")}";
    }

    internal static string OpenSql(string? tenant) =>
        $"""
        SELECT connection, route, COUNT(*) AS open FROM (
            SELECT connection, route FROM runs WHERE workflow=@workflow AND connection=@connection AND final = 0 AND dry_run = 0{(tenant is null ? "" : " AND tenant=@tenant")}
            ORDER BY connection, route LIMIT @most) p
        GROUP BY connection, route ORDER BY connection, route
        """;

    private static string PlacesSql(string? tenant) =>
        $"SELECT DISTINCT connection FROM run_counts WHERE workflow=@workflow AND n > 0{(tenant is null ? "" : " AND tenant=@tenant")} ORDER BY connection";

    // Dry runs are few, are purged first and have an index of their own: they are taken off the counts, of which there are as many as connections.
    internal static string AllOpenSql(string? tenant) =>
        $"""
        SELECT workflow, vendor, connection, status, CAST(SUM(n) AS BIGINT) FROM (
            SELECT workflow, vendor, connection, status, n FROM run_counts{(tenant is null ? "" : " WHERE tenant=@tenant")}
            UNION ALL
            SELECT workflow, vendor, connection, status, -1 FROM runs WHERE dry_run = 1 AND final = 0{(tenant is null ? "" : " AND tenant=@tenant")}) p
        GROUP BY workflow, vendor, connection, status HAVING SUM(n) > 0 ORDER BY workflow, vendor, connection, status
        """;
}

/// <summary>How many runs are open at a connection that were started by a route.</summary>
internal sealed record OpenRuns(string Connection, string Route, long Open);
