using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Ledger;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Tests.Ledger;

/// <summary>What callers see of runs that are old.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task An_ended_run_is_there_for_thirty_days_its_key_for_seven_and_an_open_run_for_ever()
    {
        await using var rig = await CoreRig.StartAsync();
        var ended = await rig.StartRunAsync("at-once", "order-1");
        await rig.UntilAsync(ended.Id, "succeeded");
        var open = await rig.StartRunAsync("endless", "order-2");
        var asked = await rig.PostAsync($"/v1/runs/{(await rig.StartRunAsync("talk")).Id}/stop", key: "stop-1");
        asked.Status.Should().Be(200, asked.Body.ToString());

        await PassAsync(rig, 7.5);
        (await rig.RunAsync(ended.Id)).Text("status").Should().Be("succeeded");
        var again = await rig.StartRunAsync("at-once", "order-1");
        (again.Replayed, again.Id).Should().NotBe((true, ended.Id), "its key was kept for seven days");
        (await rig.StartRunAsync("endless", "order-2")).Id.Should().Be(open.Id, "the key of an open run never expires");

        await PassAsync(rig, 24);
        foreach (var gone in (string[])[ended.Id, asked.Id])
            (await rig.Client.GetAsync(new Uri($"/v1/runs/{gone}", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await rig.RunAsync(open.Id)).Text("status").Should().Be("running");
        (await rig.StartRunAsync("endless", "order-2")).Id.Should().Be(open.Id);
        var listed = (await rig.GetAsync("/v1/runs")).GetProperty("runs").EnumerateArray().Select(run => run.Text("id")).ToList();
        listed.Should().BeEquivalentTo(again.Id, open.Id);
        (await rig.GetAsync("/v1/counts")).GetProperty("counts").EnumerateArray().Sum(count => count.GetProperty("count").GetInt32()).Should().Be(listed.Count);
        var events = (await rig.GetAsync("/v1/events?pageSize=500")).GetProperty("events").EnumerateArray().Select(change => change.Text("subject")).Distinct();
        events.Should().BeEquivalentTo(again.Id, open.Id);
        rig.Query<long>("SELECT COUNT(*) FROM commands").Should().Be(0);
    }

    [Fact]
    public async Task A_gateway_purges_by_itself()
    {
        await using var rig = await CoreRig.StartAsync();
        var ended = await rig.StartRunAsync("at-once");
        await rig.UntilAsync(ended.Id, "succeeded");
        rig.Time.Advance(TimeSpan.FromDays(31));

        await rig.RestartAsync();

        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM runs") == 0);
        rig.Query<long>("SELECT seq FROM watermarks WHERE name='events'").Should().BePositive();
    }

    [Theory]
    [InlineData("6d", "shorter than 7d")]
    [InlineData("a month", "Write a whole number")]
    [InlineData("", "Write a whole number")]
    public void A_time_that_cannot_be_is_told(string text, string told)
    {
        var problem = new RetentionOptions { Runs = text }.Problem;
        problem.Should().StartWith("Retention:Runs");
        problem.Should().Contain(told);
        new RetentionOptions { Runs = "7d" }.Problem.Should().BeNull();
        new ReconcileOptions { SettleTime = text == "6d" ? "31d" : text }.Problem.Should().StartWith("Reconcile:SettleTime");
    }

    private static async Task PassAsync(CoreRig rig, double days)
    {
        rig.Time.Advance(TimeSpan.FromDays(days));
        await rig.Services.GetRequiredService<Retention>().PurgeAsync(CancellationToken.None);
    }
}
