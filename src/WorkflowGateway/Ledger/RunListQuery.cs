using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>
/// The SQL of one page of runs. One filter drives (its index is walked newest first), the others only look; filters that are absent do not
/// appear in the text, because an untyped "or it is null" kills indexes on one store and fails on the other.
/// </summary>
internal sealed class RunListQuery
{
    private const int Probe = 1001;

    /// <param name="Name">The column, or which label.</param>
    /// <param name="Where">The condition on the table that it drives over: a label's is run_labels.</param>
    /// <param name="Look">The condition on a run found by another.</param>
    private readonly record struct Condition(string Name, string Where, string Look);

    private readonly DynamicParameters _parameters = new();
    private readonly List<Condition> _conditions = [];
    private readonly string _bounds = "";
    private readonly string _tenant;
    private readonly IReadOnlyList<RunStatus> _statuses;
    private readonly IReadOnlyList<string> _among;

    public RunListQuery(RunFilter filter, RunId? before)
    {
        _tenant = filter.Tenant is null ? "" : " AND r.tenant = @tenant";
        _parameters.Add("tenant", filter.Tenant);
        _statuses = filter.Statuses;
        for (var i = 0; i < _statuses.Count; i++) _parameters.Add($"status{i}", RunViewWords.Of(_statuses[i]));
        _among = filter.Among ?? [];
        Add(_parameters, _among);
        Column("correlation_id", filter.CorrelationId);
        for (var i = 0; i < filter.Labels.Count; i++) Label(i, filter.Labels[i]);
        if (_statuses.Count > 0) _conditions.Add(new("status", Statuses(), Statuses()));
        Column("workflow", filter.Workflow);
        if (filter.Among is not null) _conditions.Add(new("among", Among(_among), Among(_among)));
        Column("connection", filter.Connection);
        Column("vendor", filter.Vendor);
        Bound(ref _bounds, "<", "before", before);
        Bound(ref _bounds, ">=", "from", filter.CreatedAfter is { } from ? RunId.FirstAt(from.AddMilliseconds(1)) : null);
        Bound(ref _bounds, "<", "to", filter.CreatedBefore is { } to ? RunId.FirstAt(to) : null);
    }

    /// <summary>The condition with the fewest entries, or null to walk all runs. Indexes begin with the tenant, so without one only the ids are walked.</summary>
    public async ValueTask<string?> ChooseDriverAsync(Func<string, DynamicParameters, Task<long>> count)
    {
        if (_tenant.Length == 0) return null;
        var candidates = _conditions.Where(condition => condition.Name is not "vendor").ToList();
        if (candidates.Count <= 1 || candidates[0].Name == "correlation_id") return candidates.FirstOrDefault().Name;
        var (fewest, driver) = (long.MaxValue, "");
        foreach (var candidate in candidates)
        {
            var entries = await count($"SELECT COUNT(*) FROM ({Walk(candidate.Name, Probe)}) p", _parameters);
            if (entries < fewest) (fewest, driver) = (entries, candidate.Name);
        }

        return driver;
    }

    /// <summary>Whether anything but the driver filters.</summary>
    public bool Filters(string? driver) => _conditions.Any(condition => condition.Name != driver);

    /// <summary>A page, newest first: the walk over the index says the order, so nothing is sorted and nothing past the last row is looked at.</summary>
    public (string Sql, DynamicParameters Parameters) Page(string? driver, string select, int limit, int maxExamined)
    {
        var rest = string.Concat(_conditions.Where(condition => condition.Name != driver).Select(condition => " AND " + condition.Look));
        var walk = Walk(driver, Filters(driver) ? maxExamined : limit);
        // CROSS JOIN: the walk comes first, whatever the planner thinks of its length.
        return ($"SELECT {select} FROM ({walk}) p CROSS JOIN runs r LEFT JOIN work w ON w.run_id = r.id WHERE r.tenant = p.tenant AND r.id = p.id{rest} {{newest_first}} LIMIT {limit}", _parameters);
    }

    public (string Sql, DynamicParameters Parameters) Examined(string? driver, int maxExamined) =>
        // Not MIN(id): PostgreSQL has none for bytes.
        ($"WITH p AS ({Walk(driver, maxExamined)}) SELECT (SELECT COUNT(*) FROM p), (SELECT id FROM p ORDER BY id LIMIT 1)", _parameters);

    // Ids only, so that the driver's index covers it: asked for whole rows, a planner without statistics walks all of a tenant's.
    private string Walk(string? driver, int limit)
    {
        var condition = _conditions.FirstOrDefault(condition => condition.Name == driver && driver is not null);
        if (driver is not null && driver.StartsWith("label", StringComparison.Ordinal))
        {
            var bounds = _bounds.Replace("r.id", "r.run_id", StringComparison.Ordinal);
            return $"SELECT r.tenant, r.run_id AS id FROM run_labels r WHERE {condition.Where}{_tenant}{bounds} ORDER BY r.run_id DESC LIMIT {limit}";
        }

        // Each status, and each workflow, is an index walk of its own, merged; an IN would sort everything.
        var each = driver == "status"
            ? Enumerable.Range(0, _statuses.Count).Select(i => $"r.status = @status{i}")
            : driver == "among" && _among.Count > 0
            ? Enumerable.Range(0, _among.Count).Select(i => $"r.workflow = @among{i}")
            : [condition.Where ?? "1=1"];
        return string.Join(" UNION ALL ", each.Select(where => $"SELECT r.tenant, r.id FROM runs r WHERE {where}{_tenant}{_bounds}")) + $" ORDER BY id DESC LIMIT {limit}";
    }

    private void Column(string column, string? value)
    {
        if (value is null) return;
        _parameters.Add(column, value);
        _conditions.Add(new(column, $"r.{column} = @{column}", $"r.{column} = @{column}"));
    }

    private void Label(int i, KeyValuePair<string, string> label)
    {
        _parameters.Add($"key{i}", label.Key);
        _parameters.Add($"value{i}", label.Value);
        _conditions.Add(new($"label{i}", $"r.key = @key{i} AND r.value = @value{i}",
            $"EXISTS(SELECT 1 FROM run_labels l{i} WHERE l{i}.tenant = r.tenant AND l{i}.key = @key{i} AND l{i}.value = @value{i} AND l{i}.run_id = r.id)"));
    }

    /// <summary>The condition that a run is of one of these workflows, whose names <see cref="Add"/> gave.</summary>
    public static string Among(IReadOnlyList<string> workflows) => workflows.Count == 0 ? "1=0" : $"r.workflow IN ({string.Join(", ", workflows.Select((_, i) => $"@among{i}"))})";

    public static void Add(DynamicParameters parameters, IReadOnlyList<string>? workflows)
    {
        for (var i = 0; i < workflows?.Count; i++) parameters.Add($"among{i}", workflows[i]);
    }

    private string Statuses() => $"r.status IN ({string.Join(", ", _statuses.Select((_, i) => $"@status{i}"))})";

    private void Bound(ref string bounds, string comparison, string name, RunId? id)
    {
        if (id is not { } value) return;
        _parameters.Add(name, value.ToBytes());
        bounds += $" AND r.id {comparison} @{name}";
    }
}
