using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>Fortanix echoes nothing: only a run that nobody else can have started is bound, everything else is for people.</summary>
public sealed class ReconcileOnlyCandidateTests
{
    private static readonly Fault Taken = new() { Vendor = "fortanix", Operation = "start", Kind = "reset", When = "after", Count = 1 };
    private static readonly Fault NotTaken = Taken with { When = "before" };

    [Fact]
    public async Task The_only_candidate_of_the_only_claimant_is_bound()
    {
        await using var bench = await Bench.StartAsync();
        // Bound ones, and one of another graph, are no candidates.
        await bench.StartRunAsync("fortanix-endless", "bound-before");
        await StartThereAsync(bench, Scenarios.Fortanix.UnknownForAWhile);
        var lost = await StartAsync(bench, Taken, "lost");
        await bench.StartRunAsync("fortanix-endless", "bound-after");

        bench.Advance(TimeSpan.FromSeconds(60));

        (await bench.StatusAsync(lost.RunId!, "running")).VendorRunId.Should().Be(bench.Starts("lost").Should().ContainSingle().Subject.VendorRunId);
        (await bench.Client.GetRunAsync(lost.RunId!)).Source.Should().Be("poll");
        (await bench.Client.ListEventsAsync()).Should().Contain(change => change.GetProperty("data").GetProperty("cause").GetString() == "reconcile");
    }

    [Fact]
    public async Task Two_equal_candidates_are_shown_and_an_operator_says_which()
    {
        await using var bench = await Bench.StartAsync();
        var first = await StartAsync(bench, Taken, "first");
        var second = await StartAsync(bench, Taken, "second");
        await bench.LookedAsync("fortanix");

        var needy = await NeedyAsync(bench);
        needy.Keys.Should().BeEquivalentTo(first.RunId, second.RunId);
        foreach (var evidence in needy.Values)
        {
            CandidatesOf(evidence).Should().BeEquivalentTo(bench.Sandbox!.Controls.Runs("fortanix").Select(run => run.VendorRunId));
            evidence.GetProperty("why").GetString().Should().Contain("1 other start");
            evidence.GetProperty("target").GetProperty("graphId").GetString().Should().Be(Scenarios.Fortanix.NeverEnding);
            evidence.GetRawText().Should().NotContain("envVars").And.NotContain("runtimeConfigs", "that is what the run is given");
        }

        var mine = bench.Starts("first").Single().VendorRunId!;
        var bound = await bench.Client.CommandAsync(first.RunId!, "resolve", new { bind = mine }, "verdict");
        (bound.Status, bound.VendorRunId).Should().Be((HttpStatusCode.OK, mine));
        // What is left is the only candidate of the only claimant.
        bench.Advance(TimeSpan.FromSeconds(60));
        (await bench.StatusAsync(second.RunId!, "running")).VendorRunId.Should().Be(bench.Starts("second").Single().VendorRunId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_candidate_that_two_starts_may_have_made_is_bound_to_neither(bool givenUp)
    {
        await using var bench = await Bench.StartAsync();
        var never = await StartAsync(bench, NotTaken, "never");
        if (givenUp) (await bench.Client.CommandAsync(never.RunId!, "resolve", new { abandon = "Nobody needs it." }, "verdict")).RunStatus.Should().Be("abandoned");
        var lost = await StartAsync(bench, Taken, "lost");

        await bench.LookedAsync("fortanix");

        (await bench.Client.GetRunAsync(lost.RunId!)).RunStatus.Should().Be("unknown");
        var evidence = (await NeedyAsync(bench))[lost.RunId!];
        CandidatesOf(evidence).Should().Equal(bench.Starts("lost").Single().VendorRunId);
        evidence.GetProperty("why").GetString().Should().Contain("1 other start");
        if (!givenUp) (await bench.Client.GetRunAsync(never.RunId!)).RunStatus.Should().Be("unknown");
    }

    [Fact]
    public async Task Where_others_may_start_runs_too_nothing_is_bound()
    {
        await using var bench = await Bench.StartAsync(configure: config => config.Replace("\"exclusive\": true", "\"exclusive\": false", StringComparison.Ordinal));
        var lost = await StartAsync(bench, Taken, "lost");

        await bench.LookedAsync("fortanix");

        (await bench.Client.GetRunAsync(lost.RunId!)).RunStatus.Should().Be("unknown");
        var evidence = (await NeedyAsync(bench))[lost.RunId!];
        CandidatesOf(evidence).Should().Equal(bench.Starts("lost").Single().VendorRunId);
        evidence.GetProperty("why").GetString().Should().Contain("not exclusive");
    }

    [Fact]
    public async Task From_a_list_that_broke_off_nothing_is_bound()
    {
        await using var bench = await Bench.StartAsync();
        for (var i = 0; i < 1000; i++) await StartThereAsync(bench, Scenarios.Fortanix.TrainModel);
        // The first page of each look goes well, the second does not.
        for (var i = 0; i < 3; i++)
        {
            bench.Sandbox!.Controls.Add(new Fault { Vendor = "fortanix", Operation = "list", Kind = "delay", Seconds = 0, Count = 1 });
            bench.Sandbox.Controls.Add(new Fault { Vendor = "fortanix", Operation = "list", Kind = "status", Status = 503, Count = 1 });
        }

        var lost = await StartAsync(bench, Taken, "lost");
        await Until.HoldsAsync(() => { bench.Advance(TimeSpan.FromSeconds(1)); return bench.Sandbox!.Controls.Faults.Count <= 1; }, "the list has failed twice");
        (await bench.Client.GetRunAsync(lost.RunId!)).RunStatus.Should().Be("unknown");
        bench.Sandbox!.Controls.ClearFaults();

        // A look that seemed to take long, because time was moved on meanwhile, is followed by a long rest.
        await Until.HoldsAsync(
            async () =>
            {
                bench.Advance(TimeSpan.FromSeconds(2));
                return (await bench.Client.GetRunAsync(lost.RunId!)).RunStatus == "running";
            },
            "it is found once the list is whole");
        (await bench.Client.GetRunAsync(lost.RunId!)).VendorRunId.Should().Be(bench.Starts("lost").Single().VendorRunId);
    }

    [Fact]
    public async Task A_list_that_lags_delays_and_changes_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Hold();
        bench.Sandbox.Controls.Switches = bench.Sandbox.Controls.Switches with { FortanixListLagSeconds = 40 };
        var lost = await StartAsync(bench, Taken, "lost");
        await bench.LookedAsync("fortanix");
        (await bench.Client.GetRunAsync(lost.RunId!)).RunStatus.Should().Be("unknown");

        bench.Sandbox.Controls.Advance(TimeSpan.FromSeconds(41));
        bench.Advance(TimeSpan.FromSeconds(60));

        (await bench.StatusAsync(lost.RunId!, "running")).VendorRunId.Should().Be(bench.Starts("lost").Single().VendorRunId);
    }

    [Fact]
    public async Task Juo_has_nothing_to_look_in_so_its_lost_starts_stand_with_what_is_known()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "html200", When = "after", Count = 1 });
        var lost = await bench.StartRunAsync("juo-endless", "lost");

        var evidence = (await NeedyAsync(bench))[lost.RunId!];

        evidence.GetProperty("target").GetProperty("flowType").GetString().Should().Be(Scenarios.Juo.NeverEnding);
        evidence.GetProperty("firstBytes").GetString().Should().Contain("We will be back soon");
        evidence.GetProperty("vendorStatus").GetInt32().Should().Be(200);
        evidence.GetProperty("sentAt").GetDateTimeOffset().Should().BeBefore(evidence.GetProperty("failedAt").GetDateTimeOffset());
        evidence.GetProperty("attempt").GetString().Should().HaveLength(32);
    }

    private static async Task<Reply> StartAsync(Bench bench, Fault fault, string key)
    {
        bench.Sandbox!.Controls.Add(fault);
        var run = await bench.StartRunAsync("fortanix-endless", key);
        run.RunStatus.Should().Be("unknown", run.Body.ToString());
        return run;
    }

    /// <summary>What needs somebody, each with its evidence.</summary>
    private static async Task<Dictionary<string, JsonElement>> NeedyAsync(Bench bench) =>
        (await bench.Client.ListRunsAsync("&status=unknown&include=evidence")).ToDictionary(run => run.GetProperty("id").GetString()!, run => run.GetProperty("evidence"));

    private static IEnumerable<string?> CandidatesOf(JsonElement evidence) =>
        evidence.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("vendorRunId").GetString());

    private static async Task StartThereAsync(Bench bench, string graphId)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, bench.Sandbox!.Fortanix.AbsoluteUri.TrimEnd('/') + "/v1/workflow_runs")
        {
            Content = JsonContent.Create(new { graph_id = graphId, graph_version = "1" }),
        };
        request.Headers.Add("Authentication", "somebody-else");
        using var answer = await http.SendAsync(request);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }
}
