using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

/// <summary>How SQLite goes about a list, on a file with a few thousand runs and no statistics: by an index, in order, and never over all of a tenant's runs.</summary>
public sealed class ListPlanTests(SeededLedger ledger) : IClassFixture<SeededLedger>
{
    public static TheoryData<string, string> Lists => new()
    {
        { "status", "COVERING INDEX runs_status" },
        { "statuses", "COVERING INDEX runs_status" },
        { "workflow", "COVERING INDEX runs_workflow" },
        { "connection", "COVERING INDEX runs_connection" },
        { "correlation", "COVERING INDEX runs_correlation" },
        { "label", "PRIMARY KEY (tenant=? AND key=? AND value=?" },
        { "label and status", "PRIMARY KEY (tenant=? AND key=? AND value=?" },
        { "none", "PRIMARY KEY (tenant=?" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_walks_its_index_and_sorts_nothing(string list, string index)
    {
        foreach (var before in (RunId?[])[null, Sample.Id()])
        {
            var plan = await PlanOfAsync(FilterOf(list), before);

            plan.Should().Contain(step => step.Contains(index, StringComparison.Ordinal), string.Join("; ", plan));
            plan.Should().NotContain(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            plan.Should().OnlyContain(step => !step.StartsWith("SCAN", StringComparison.Ordinal) || step == "SCAN p", string.Join("; ", plan));
        }
    }

    [Theory]
    [InlineData("label", 1)]
    [InlineData("status", 2)]
    [InlineData("statuses", 3)]
    [InlineData("correlation", 1)]
    public async Task What_is_rare_is_found_on_the_first_page(string list, int count)
    {
        using var pool = new ReaderPool(ledger.Dialect);
        var reader = new LedgerReader(pool, ledger.Dialect, new Sealer(null), null);
        foreach (var filter in (RunFilter[])[FilterOf(list), FilterOf(list) with { Tenant = null }])
        {
            var page = await reader.ListRunsAsync(filter, null, 50);

            (page.Runs.Count, page.Next).Should().Be((count, null), filter.ToString());
            page.Runs.Select(run => run.Id).Should().BeInDescendingOrder();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("default")]
    public async Task Durations_and_open_runs_of_a_route_are_read_from_their_index(string? tenant)
    {
        await using var connection = await ledger.Dialect.OpenReaderAsync();
        foreach (var (sql, index) in ((string, string)[])[(LedgerReader.FinishedSql(tenant), "INDEX runs_finished"), (LedgerReader.OpenSql(tenant), "INDEX runs_open")])
        {
            var plan = (await connection.QueryAsync<(int, int, int, string Step)>("EXPLAIN QUERY PLAN " + sql, new { workflow = "w", connection = "juo", route = "r", tenant, most = 10 })).Select(row => row.Step).ToList();

            plan.Should().Contain(step => step.Contains(index, StringComparison.Ordinal), string.Join("; ", plan));
            plan.Should().NotContain(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(null, "COVERING INDEX runs_id")]
    [InlineData("default", "PRIMARY KEY (tenant=? AND id>? AND id<?")]
    public async Task Starts_that_a_plan_replays_are_walked_by_time(string? tenant, string index)
    {
        await using var connection = await ledger.Dialect.OpenReaderAsync();
        foreach (var sql in (string[])[LedgerReader.StartsSql(tenant), LedgerReader.UsedSql(tenant)])
        {
            var plan = (await connection.QueryAsync<(int, int, int, string Step)>(
                "EXPLAIN QUERY PLAN " + ledger.Dialect.Translate(sql), new { tenant, from = Sample.Id().ToBytes(), before = Sample.Id().ToBytes(), limit = 200L })).Select(row => row.Step).ToList();

            plan.Should().Contain(step => step.Contains(index, StringComparison.Ordinal), string.Join("; ", plan));
            plan.Should().NotContain(step => step.Contains("SCAN r", StringComparison.Ordinal) || step.Contains("SCAN c", StringComparison.Ordinal) || step.Contains("ORDER BY", StringComparison.Ordinal), string.Join("; ", plan));
        }
    }

    private static RunFilter FilterOf(string list)
    {
        var all = new RunFilter { Tenant = "default" };
        KeyValuePair<string, string>[] moon = [new("region", "moon")];
        return list switch
        {
            "status" => all with { Statuses = [RunStatus.Paused] },
            "statuses" => all with { Statuses = [RunStatus.Paused, RunStatus.Waiting] },
            "workflow" => all with { Workflow = "w" },
            "connection" => all with { Connection = "juo" },
            "correlation" => all with { CorrelationId = "order-7" },
            "label" => all with { Labels = moon },
            "label and status" => all with { Labels = moon, Statuses = [RunStatus.Running, RunStatus.Paused] },
            _ => all,
        };
    }

    private async Task<List<string>> PlanOfAsync(RunFilter filter, RunId? before)
    {
        await using var connection = await ledger.Dialect.OpenReaderAsync();
        var query = new RunListQuery(filter, before);
        var driver = await query.ChooseDriverAsync((sql, parameters) => connection.ExecuteScalarAsync<long>(sql, parameters));
        var (page, values) = query.Page(driver, "r.id, r.detail, w.sync_error", 51, 5000);
        return [.. (await connection.QueryAsync<(int, int, int, string Step)>("EXPLAIN QUERY PLAN " + ledger.Dialect.Translate(page), values)).Select(row => row.Step)];
    }
}

/// <summary>More runs than a page may look at; the rare ones are the oldest.</summary>
public sealed class SeededLedger : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-plan-").FullName;
    private readonly SqliteDialect _dialect;
    private readonly LedgerWriter _writer;

    public SeededLedger()
    {
        _dialect = new SqliteDialect(Path.Combine(_folder, "gateway.db"));
        _writer = new LedgerWriter(_dialect, TimeProvider.System, NullLogger<LedgerWriter>.Instance);
    }

    internal Dialect Dialect => _dialect;

    public Task InitializeAsync() => Task.WhenAll(Enumerable.Range(0, 6000).Select(i => _writer.WriteAsync(Insert(i))));

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _writer.Dispose();
        _dialect.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static LedgerChange Insert(int i)
    {
        var run = Sample.Run(i < 2 ? RunStatus.Paused : i == 2 ? RunStatus.Waiting : RunStatus.Running) with
        {
            CorrelationId = $"order-{i}",
            Labels = new Dictionary<string, string> { ["region"] = i == 1 ? "moon" : "eu" },
        };
        var change = new LedgerChange { Order = run.Id.ToBytes(), Guards = { RunColumns.Insert(run, null, new Sealer(null)) } };
        foreach (var (key, value) in run.Labels)
            change.Consequences.Add(new Statement("INSERT INTO run_labels(tenant, key, value, run_id) VALUES(@tenant, @key, @value, @run_id)", run.Tenant, key, value, run.Id.ToBytes()));
        change.Counts.Add((run, 1));
        return change;
    }
}
