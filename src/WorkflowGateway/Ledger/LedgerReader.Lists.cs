using System.Data.Common;
using System.Globalization;
using Dapper;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Which runs to list. Absent members do not filter.</summary>
internal sealed record RunFilter
{
    /// <summary>Null for all tenants.</summary>
    public string? Tenant { get; init; }

    /// <summary>The workflows whose runs the caller may see, none where it is empty; null for all.</summary>
    public IReadOnlyList<string>? Among { get; init; }

    public IReadOnlyList<RunStatus> Statuses { get; init; } = [];
    public string? Workflow { get; init; }
    public string? Vendor { get; init; }
    public string? Connection { get; init; }
    public string? CorrelationId { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];
    public DateTimeOffset? CreatedAfter { get; init; }
    public DateTimeOffset? CreatedBefore { get; init; }
}

/// <param name="Runs">Newest first.</param>
/// <param name="Next">Continue before this id; null at the end. A short page may still have one.</param>
internal sealed record RunPage(IReadOnlyList<RunRow> Runs, RunId? Next);

/// <param name="Runs">Waiting runs, nearest deadline first.</param>
/// <param name="Next">Where to continue; null at the end.</param>
internal sealed record WaitingPage(IReadOnlyList<RunRow> Runs, string? Next);

internal sealed partial class LedgerReader
{
    /// <summary>The most index entries that one page looks at: a rare combination gives short pages, never a slow one.</summary>
    private const int MaxExamined = 5000;

    public ValueTask<RunPage> ListRunsAsync(RunFilter filter, RunId? before, int limit) => pool.UseAsync(async reader =>
    {
        var query = new RunListQuery(filter with { Tenant = filter.Tenant ?? await FindOnlyTenantAsync(reader) }, before);
        var driver = await query.ChooseDriverAsync((sql, parameters) => reader.Connection.ExecuteScalarAsync<long>(sql, parameters));
        var (sql, parameters) = query.Page(driver, RunSelect, limit + 1, MaxExamined);
        var rows = await RunsAsync(reader.Connection, dialect.Translate(sql), parameters);
        if (rows.Count > limit) return new RunPage(rows[..limit], rows[limit - 1].Id);
        if (!query.Filters(driver)) return new RunPage(rows, null);
        // Short: either that was all, or the page ended at what it may examine.
        var (countSql, countParameters) = query.Examined(driver, MaxExamined);
        var (count, last) = await reader.Connection.QuerySingleAsync<(long, byte[]?)>(countSql, countParameters);
        return new RunPage(rows, count == MaxExamined ? RunId.FromBytes(last!) : null);
    });

    public ValueTask<WaitingPage> ListWaitingAsync(Caller caller, string? cursor, int limit) => pool.UseAsync(async reader =>
    {
        var (deadline, id) = ParseCursor(cursor);
        var (tenant, among) = (caller.Tenant, caller.Grants.Workflows);
        var parameters = new DynamicParameters(new { tenant, deadline, id, limit = limit + 1 });
        RunListQuery.Add(parameters, among);
        var sql = $"SELECT {RunSelect} FROM {RunSource} WHERE r.deadline IS NOT NULL" +
            (tenant is null ? "" : " AND r.tenant = @tenant") + (among is null ? "" : " AND " + RunListQuery.Among(among)) + (cursor is null ? "" : " AND (r.deadline, r.id) > (@deadline, @id)") +
            " ORDER BY r.deadline, r.id LIMIT @limit";
        var rows = await RunsAsync(reader.Connection, sql, parameters);
        var last = rows.Count > limit ? rows[limit - 1] : null;
        return new WaitingPage(
            [.. rows.Take(limit)],
            last is null ? null : string.Create(CultureInfo.InvariantCulture, $"{RunColumns.Deadline(last)}.{Convert.ToHexStringLower(last.Id.ToBytes())}"));
    });

    private async Task<List<RunRow>> RunsAsync(DbConnection connection, string sql, object parameters)
    {
        await using var rows = await connection.ExecuteReaderAsync(sql, parameters);
        var runs = new List<RunRow>();
        while (await rows.ReadAsync()) runs.Add(RunColumns.ToRow(rows, sealer));
        return runs;
    }

    // Every index begins with the tenant. Where there is but one, who may see all tenants is served as well as who may see that one.
    private static async Task<string?> FindOnlyTenantAsync(ReaderPool.Reader reader) => await reader.Connection.QueryFirstOrDefaultAsync<(string? First, string? Last)>(
        "SELECT (SELECT MIN(tenant) FROM run_counts), (SELECT MAX(tenant) FROM run_counts)") is var (first, last) && first == last ? first : null;

    /// <exception cref="FormatException">It is no cursor of <see cref="ListWaitingAsync"/>.</exception>
    private static (long Deadline, byte[] Id) ParseCursor(string? cursor) => cursor?.Split('.') switch
    {
        null => (0, []),
        [var deadline, { Length: 32 } id] => (long.Parse(deadline, CultureInfo.InvariantCulture), Convert.FromHexString(id)),
        _ => throw new FormatException("Not a cursor."),
    };
}
