using Dapper;
using WorkflowGateway.Access;
using WorkflowGateway.Audit;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Which rows of the audit log to list. Absent members do not filter.</summary>
internal sealed record AuditFilter
{
    /// <summary>Null for all tenants.</summary>
    public string? Tenant { get; init; }

    public string? Action { get; init; }
    public string? Actor { get; init; }
    public string? Target { get; init; }
    public DateTimeOffset? After { get; init; }
    public DateTimeOffset? Before { get; init; }
}

/// <param name="Rows">Newest first.</param>
/// <param name="Next">Continue before this one; null at the end. A short page may still have one.</param>
internal sealed record AuditPage(IReadOnlyList<AuditRow> Rows, long? Next);

/// <summary>The statements of the audit log. Shared by both stores.</summary>
internal static class AuditTable
{
    public const string Done = "done";

    public static Statement Insert(AuditRow row) => new(
        """
        INSERT INTO audit(tenant, at, actor, role, action, target, outcome, detail, trace_id, address)
        VALUES(@tenant, @at, @actor, @role, @action, @target, @outcome, @detail, @trace_id, @address)
        """,
        row.Tenant, row.At, Storable.Text(row.Actor, 200), row.Role, row.Action, Storable.Text(row.Target, 200), row.Outcome, row.Detail, row.TraceId, row.Address);

    /// <summary>
    /// What a caller does, as a part of the change that does it: there is none without the other. Affects one row, always. Whether the change came about says
    /// <see cref="Access.Caller.Noted"/>.
    /// </summary>
    public static Statement Insert(Caller caller, string action, string tenant, string target, DateTimeOffset at)
    {
        var entry = (caller.Audit ?? new AuditEntry(action, null, null)) with { Tenant = tenant, Target = target };
        return Insert(AuditRow.Of(caller, entry, Done, at));
    }

    /// <summary>The oldest, some at a time. They stand in the order of their time, or nearly so.</summary>
    public static Statement Drop(DateTimeOffset before, int limit) => new(
        "DELETE FROM audit WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM audit ORDER BY seq LIMIT @limit) p WHERE at<=@before)", (long)limit, RunColumns.Time(before));
}

internal sealed partial class LedgerReader
{
    public ValueTask<AuditPage> ListAuditAsync(AuditFilter filter, long? before, int limit) => pool.UseAsync(async reader =>
    {
        List<string> driver = ["seq < @before"], rest = ["1=1"];
        if (filter.Target is not null) driver.Add("target = @Target");
        if (filter.Tenant is not null) (filter.Target is null ? driver : rest).Add("tenant = @Tenant");
        if (filter.Action is not null) rest.Add("action = @Action");
        if (filter.Actor is not null) rest.Add("actor = @Actor");
        if (filter.After is not null) rest.Add("at > @after");
        if (filter.Before is not null) rest.Add("at < @until");
        var page = $"SELECT * FROM audit WHERE {string.Join(" AND ", driver)} ORDER BY seq DESC LIMIT {MaxExamined}";
        var parameters = new
        {
            filter.Tenant,
            filter.Action,
            filter.Actor,
            filter.Target,
            before = before ?? long.MaxValue,
            limit = limit + 1,
            after = filter.After?.ToUnixTimeMilliseconds(),
            until = filter.Before?.ToUnixTimeMilliseconds(),
        };
        var rows = (await reader.Connection.QueryAsync<AuditRow>(
            $"SELECT * FROM ({page}) p WHERE {string.Join(" AND ", rest)} ORDER BY seq DESC LIMIT @limit", parameters)).AsList();
        if (rows.Count > limit) return new AuditPage(rows[..limit], rows[limit - 1].Seq);
        // Short: either that was all, or the page ended at what it may examine.
        var (count, last) = await reader.Connection.QuerySingleAsync<(long, long?)>($"SELECT COUNT(*), MIN(seq) FROM ({page}) p", parameters);
        return new AuditPage(rows, count == MaxExamined ? last : null);
    });
}
