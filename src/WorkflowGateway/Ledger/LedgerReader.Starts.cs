using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>How far a page of starts went.</summary>
/// <param name="Examined">How many runs it looked at; fewer than asked for at the end.</param>
/// <param name="Last">The oldest of them.</param>
internal readonly record struct StartPage(int Examined, RunId? Last);

internal sealed partial class LedgerReader
{
    private const string StartWhere = " WHERE r.id >= @from AND r.id < @before";
    private const string OfTenant = " AND r.tenant = @tenant";

    private const string StartColumns =
        "r.tenant, r.id, r.workflow, r.vendor, r.connection, r.route, r.revision, r.attempt, r.labels, r.subject, r.correlation_id, r.dry_run, r.key_hash, r.asked, b.body";

    /// <summary>Starts, newest first, one after the other: however large their inputs are, only one of them is in memory.</summary>
    /// <param name="tenant">Null for all tenants.</param>
    /// <param name="from">The oldest wanted.</param>
    /// <param name="before">Only those older than this.</param>
    /// <param name="limit">The most to look at.</param>
    /// <param name="wanted">Which workflows' starts to take.</param>
    /// <param name="take">Takes a start.</param>
    public ValueTask<StartPage> ReadStartsAsync(
        string? tenant, RunId from, RunId before, int limit, Func<string, bool> wanted, Action<RecordedStart> take) => pool.UseAsync(async reader =>
    {
        object?[] values = tenant is null ? [from.ToBytes(), before.ToBytes(), (long)limit] : [from.ToBytes(), before.ToBytes(), tenant, (long)limit];
        var used = new Dictionary<RunId, List<(string, long)>>();
        await using (var rows = await reader.Statements.QueryAsync(new Statement(UsedSql(tenant), values)))
        {
            while (await rows.ReadAsync())
            {
                var columns = new ColumnReader(rows);
                var id = RunId.FromBytes(columns.Bytes());
                if (!used.TryGetValue(id, out var of)) used[id] = of = [];
                of.Add((columns.Text(), columns.Number()));
            }
        }

        var page = new StartPage(0, null);
        await using var starts = await reader.Statements.QueryAsync(new Statement(StartsSql(tenant), values));
        while (await starts.ReadAsync())
        {
            page = new StartPage(page.Examined + 1, RunId.FromBytes(starts.GetFieldValue<byte[]>(1)));
            if (wanted(starts.GetString(2))) take(StartOf(new ColumnReader(starts), used));
        }

        return page;
    });

    internal static string StartsSql(string? tenant) =>
        $"SELECT {StartColumns} FROM ({WalkSql(tenant)}) p CROSS JOIN runs r LEFT JOIN run_bodies b ON b.tenant = r.tenant AND b.run_id = r.id AND b.kind = 'input'" +
        " WHERE r.tenant = p.tenant AND r.id = p.id {newest_first}";

    internal static string UsedSql(string? tenant) =>
        $"SELECT c.run_id, c.kind, COUNT(*) FROM ({WalkSql(tenant)}) p CROSS JOIN commands c WHERE c.run_id = p.id AND c.state <> 'refused' GROUP BY c.run_id, c.kind";

    // By id, which is by time: the primary key where there is a tenant, else the index of ids.
    private static string WalkSql(string? tenant) => $"SELECT r.tenant, r.id FROM runs r{StartWhere}{(tenant is null ? "" : OfTenant)} ORDER BY r.id DESC LIMIT @limit";

    /// <summary>How many starts there are in a time, looked at no further than a limit.</summary>
    public ValueTask<long> CountStartsAsync(string? tenant, RunId from, RunId before, int limit, Func<string, bool>? wanted = null) => pool.UseAsync(async reader =>
    {
        var walk = $"SELECT workflow, COUNT(*) FROM (SELECT r.workflow FROM runs r{StartWhere}{(tenant is null ? "" : OfTenant)} LIMIT @limit) p GROUP BY workflow";
        object?[] values = tenant is null ? [from.ToBytes(), before.ToBytes(), (long)limit] : [from.ToBytes(), before.ToBytes(), tenant, (long)limit];
        await using var rows = await reader.Statements.QueryAsync(new Statement(walk, values));
        var count = 0L;
        while (await rows.ReadAsync()) count += wanted?.Invoke(rows.GetString(0)) ?? true ? rows.GetInt64(1) : 0;
        return count;
    });

    private RecordedStart StartOf(ColumnReader columns, Dictionary<RunId, List<(string, long)>> used)
    {
        // Initializers run in the order in which they stand, which is the order of the columns.
        var start = new RecordedStart
        {
            Tenant = columns.Text(),
            Id = RunId.FromBytes(columns.Bytes()),
            Workflow = columns.Text(),
            Vendor = columns.Text(),
            Connection = columns.Text(),
            Route = columns.Text(),
            Revision = columns.Text(),
            Attempt = new Guid(columns.Bytes(), bigEndian: true),
            Labels = RunColumns.LabelsOf(columns.TextOrNull()),
            Subject = columns.TextOrNull(),
            CorrelationId = columns.TextOrNull(),
            DryRun = columns.Number() != 0,
            KeyHash = columns.BytesOrNull(),
            Asked = columns.TextOrNull() is { } asked ? JsonSerializer.Deserialize(asked, LedgerJson.Default.StartAsked) : null,
        };
        return start with
        {
            Subject = start.Subject is { } subject ? sealer.OpenText(subject, start.Tenant, start.Id, RunColumns.SubjectKind) : null,
            Input = columns.BytesOrNull() is { } body ? sealer.Open(body, start.Tenant, start.Id, BodyKind.Input) : null,
            Used = used.GetValueOrDefault(start.Id) ?? [],
        };
    }
}
