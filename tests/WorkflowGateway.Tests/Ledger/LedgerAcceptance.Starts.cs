using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Ledger;

public abstract partial class LedgerAcceptance
{
    private const string Given = """{"name":"ü😀","n":1.0}""";

    [Theory]
    [InlineData(null)]
    [InlineData("a")]
    [InlineData("b")]
    public async Task Starts_come_newest_first_page_by_page_with_all_that_is_needed_to_make_them_again(string? tenant)
    {
        var runs = new List<RunRow>();
        for (var i = 0; i < 12; i++) runs.Add(await StartAsync(i));
        var expected = runs.Where(run => (tenant is null || run.Tenant == tenant) && run.Id.CompareTo(runs[2].Id) >= 0 && run.Id.CompareTo(runs[10].Id) < 0 && run.Workflow == "w").Select(run => run.Id).OrderDescending().ToList();

        var starts = new List<RecordedStart>();
        var (before, examined) = (runs[10].Id, 0);
        while (await S.Reader.ReadStartsAsync(tenant, runs[2].Id, before, 3, workflow => workflow == "w", starts.Add) is { Last: { } last } page)
        {
            examined += page.Examined;
            page.Examined.Should().BeLessThanOrEqualTo(3);
            before = last;
        }

        starts.Select(start => start.Id).Should().Equal(expected).And.NotBeEmpty();
        examined.Should().Be((int)await S.Reader.CountStartsAsync(tenant, runs[2].Id, runs[10].Id, 100));
        (await S.Reader.CountStartsAsync(tenant, runs[2].Id, runs[10].Id, 2)).Should().Be(2, "it counts no further than it may");
        foreach (var (start, run) in starts.Select(start => (start, runs.Single(run => run.Id == start.Id))))
        {
            (start.Tenant, start.Route, start.Attempt, start.Subject, start.DryRun).Should().Be((run.Tenant, run.Route, run.Attempt, run.Subject, run.DryRun));
            start.Labels.Should().Equal(run.Labels);
            start.Asked.Should().Be(run.Asked);
            start.Input.Should().Be(run.Asked?.Input == AskedInput.Kept ? Given : null);
            start.KeyHash.Should().Equal(run.DryRun ? null : new byte[] { 1, (byte)runs.IndexOf(run) });
            start.Used.Should().BeEquivalentTo(runs.IndexOf(run) % 2 == 0 ? [("respond", 2L), ("stop", 1L)] : Array.Empty<(string, long)>());
        }
    }

    private async Task<RunRow> StartAsync(int i)
    {
        var run = Sample.Run(RunStatus.Running, tenant: i % 3 == 0 ? "b" : "a", workflow: i % 5 == 4 ? "other" : "w") with
        {
            Subject = i % 2 == 0 ? "customer" : null,
            Labels = i % 2 == 0 ? new Dictionary<string, string> { ["region"] = "eu" } : RunRow.NoLabels,
            DryRun = i == 3,
            Asked = (i % 4) switch
            {
                0 => new StartAsked(),
                1 => new StartAsked { AllTenants = true, Connection = "juo", Input = AskedInput.Dropped, VendorToken = true },
                2 => new StartAsked { Input = AskedInput.Absent },
                _ => null,
            },
        };
        await S.InsertAsync(run, run.DryRun ? null : new IdempotencyKey([1, (byte)i], [2]));
        if (run.Asked?.Input == AskedInput.Kept)
            await WriteAsync(run, new Statement("INSERT INTO run_bodies(tenant, run_id, kind, body) VALUES(@tenant, @run_id, 'input', @body)", run.Tenant, run.Id.ToBytes(), new Sealer(null).Seal(Given, run.Tenant, run.Id, BodyKind.Input)));
        if (i % 2 != 0) return run;
        foreach (var (kind, state) in ((string, string)[])[("respond", "applied"), ("respond", "unknown"), ("stop", "sent"), ("pause", "refused")])
            await WriteAsync(run, CommandTable.Insert(new CommandRow(run.Tenant, Sample.Id().ToBytes(), run.Id.ToBytes(), kind, null, state, Sample.Random().ToByteArray(), null, null, 0, null), "{}"));
        return run;
    }

    private async Task WriteAsync(RunRow run, Statement statement)
    {
        var change = new LedgerChange { Order = run.Id.ToBytes() };
        change.Guards.Add(statement);
        (await S.Writer.WriteAsync(change)).Should().Be(WriteResult.Applied);
    }
}
