using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    public static TheoryData<string> Filters => ["all", "tenant", "status", "open", "workflow", "vendor", "connection", "correlation", "label", "labels", "time", "many", "none"];

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_list_is_what_filtering_every_run_would_give_page_by_page(string name)
    {
        var runs = await SeedAsync();
        var filter = FilterOf(name, runs);
        var expected = runs.Where(run => Matches(filter, run)).Select(run => run.Id).OrderDescending().ToList();

        var listed = new List<RunId>();
        RunId? before = null;
        do
        {
            var page = await S.Reader.ListRunsAsync(filter, before, 7);
            listed.AddRange(page.Runs.Select(run => run.Id));
            before = page.Next;
        }
        while (before is not null);

        listed.Should().Equal(expected);
        if (name == "none") listed.Should().BeEmpty();
        else listed.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Waiting_runs_come_nearest_deadline_first_and_those_without_one_last()
    {
        var runs = new List<RunRow>();
        for (var i = 0; i < 20; i++)
        {
            DateTimeOffset? expires = i % 5 == 0 ? null : DateTimeOffset.UnixEpoch.AddYears(57).AddMinutes((i * 7) % 20);
            runs.Add(await S.InsertAsync(Sample.Run(RunStatus.Waiting) with { Detail = new RunDetail { Interactions = [Sample.Interaction("i", expires)] } }));
        }

        await S.InsertAsync(Sample.Run(RunStatus.Running));
        var listed = new List<RunRow>();
        string? cursor = null;
        do
        {
            var page = await S.Reader.ListWaitingAsync(new Caller(null, Role.Viewer, "test"), cursor, 6);
            listed.AddRange(page.Runs);
            cursor = page.Next;
        }
        while (cursor is not null);

        listed.Select(run => run.Id).Should().Equal(runs
            .OrderBy(run => run.Detail.Interactions[0].ExpiresAt ?? DateTimeOffset.MaxValue).ThenBy(run => run.Id).Select(run => run.Id));
    }

    private async Task<List<RunRow>> SeedAsync()
    {
        var statuses = new[] { RunStatus.Running, RunStatus.Waiting, RunStatus.Succeeded, RunStatus.Failed };
        var runs = new List<RunRow>();
        for (var i = 0; i < 80; i++)
        {
            runs.Add(await S.InsertAsync(Sample.Run(statuses[i % 4], $"t{i % 2}", $"w{i % 3}", $"c{i % 5}") with
            {
                Vendor = i % 6 < 3 ? "juo" : "fortanix",
                CorrelationId = i % 8 == 0 ? "order-1" : null,
                Labels = i % 3 == 0 ? new Dictionary<string, string> { ["region"] = i % 2 == 0 ? "eu" : "us", ["tier"] = "a" } : RunRow.NoLabels,
            }));
        }

        return runs;
    }

    private static RunFilter FilterOf(string name, List<RunRow> runs) => name switch
    {
        "all" => new RunFilter(),
        "tenant" => new RunFilter { Tenant = "t1" },
        "status" => new RunFilter { Tenant = "t0", Statuses = [RunStatus.Running] },
        "open" => new RunFilter { Tenant = "t1", Statuses = [RunStatus.Running, RunStatus.Waiting, RunStatus.Unknown] },
        "workflow" => new RunFilter { Tenant = "t0", Workflow = "w1" },
        "vendor" => new RunFilter { Vendor = "fortanix" },
        "connection" => new RunFilter { Tenant = "t1", Connection = "c3" },
        "correlation" => new RunFilter { Tenant = "t0", CorrelationId = "order-1" },
        "label" => new RunFilter { Tenant = "t0", Labels = [new("region", "eu")] },
        "labels" => new RunFilter { Labels = [new("region", "us"), new("tier", "a")] },
        "time" => new RunFilter { CreatedAfter = runs[20].Id.CreatedAt, CreatedBefore = runs[60].Id.CreatedAt },
        "many" => new RunFilter { Tenant = "t0", Workflow = "w0", Statuses = [RunStatus.Running, RunStatus.Succeeded], Labels = [new("tier", "a")] },
        _ => new RunFilter { Tenant = "t0", Workflow = "nothing", Statuses = [RunStatus.Running] },
    };

    private static bool Matches(RunFilter filter, RunRow run) =>
        (filter.Tenant is null || run.Tenant == filter.Tenant) &&
        (filter.Statuses.Count == 0 || filter.Statuses.Contains(run.Status)) &&
        (filter.Workflow is null || run.Workflow == filter.Workflow) &&
        (filter.Vendor is null || run.Vendor == filter.Vendor) &&
        (filter.Connection is null || run.Connection == filter.Connection) &&
        (filter.CorrelationId is null || run.CorrelationId == filter.CorrelationId) &&
        filter.Labels.All(label => run.Labels.TryGetValue(label.Key, out var value) && value == label.Value) &&
        (filter.CreatedAfter is not { } after || run.Id.CreatedAt > after) &&
        (filter.CreatedBefore is not { } before || run.Id.CreatedAt < before);
}
