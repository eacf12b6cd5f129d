using System.Text.Json;

namespace WorkflowGateway.Tests.Api;

public sealed class ListTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Pages_follow_each_other_newest_first_and_keep_their_filters()
    {
        var started = new List<string>();
        for (var i = 0; i < 5; i++) started.Insert(0, Id(await gateway.StartWaitingAsync(new { suite = "pages" })));
        var seen = new List<string>();
        var path = "/v1/runs?label.suite=pages&pageSize=2";
        while (path is not null)
        {
            using var answer = await gateway.SendAsync(HttpMethod.Get, path);
            var page = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
            seen.AddRange(page.GetProperty("runs").EnumerateArray().Select(Id));
            var link = answer.Headers.TryGetValues("Link", out var links) ? links.Single() : null;
            (link is not null).Should().Be(page.TryGetProperty("nextPageToken", out var token), token.ToString());
            path = link?[1..link.IndexOf('>', StringComparison.Ordinal)];
        }

        seen.Should().Equal(started);
    }

    [Fact]
    public async Task A_token_is_for_its_filters_only()
    {
        for (var i = 0; i < 2; i++) await gateway.StartWaitingAsync(new { suite = "token" });
        var token = (await gateway.ReadAsync("/v1/runs?label.suite=token&pageSize=1")).GetProperty("nextPageToken").GetString();
        await gateway.SendAsync(HttpMethod.Get, $"/v1/runs?label.suite=other&pageToken={token}").ShouldBeProblemAsync(400, "page-token-invalid");
        (await gateway.ReadAsync($"/v1/runs?label.suite=token&pageSize=5&pageToken={token}")).GetProperty("runs").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        var waiting = Id(await gateway.StartWaitingAsync(new { suite = "filters" }));
        var skipped = Id(await gateway.StartAsync("nothing-to-run", null, new { suite = "filters" }));
        (await IdsAsync("")).Should().Equal(skipped, waiting);
        (await IdsAsync("&status=open")).Should().Equal(waiting);
        (await IdsAsync("&status=final")).Should().Equal(skipped);
        (await IdsAsync("&status=waiting&status=skipped")).Should().Equal(skipped, waiting);
        (await IdsAsync("&workflow=nothing-to-run&vendor=juo&connection=juo")).Should().Equal(skipped);
        (await IdsAsync("&createdAfter=2100-01-01T00:00:00Z")).Should().BeEmpty();
        (await IdsAsync("&createdBefore=2100-01-01T00:00:00Z")).Should().Equal(skipped, waiting);

        async Task<IEnumerable<string>> IdsAsync(string filter) =>
            (await gateway.ReadAsync("/v1/runs?label.suite=filters" + filter)).GetProperty("runs").EnumerateArray().Select(Id);
    }

    [Fact]
    public async Task Pending_interactions_and_counts_are_over_all_runs()
    {
        var run = await gateway.StartWaitingAsync();
        var interactions = (await gateway.ReadAsync("/v1/interactions?pageSize=500")).GetProperty("interactions").EnumerateArray();
        interactions.Should().Contain(one => one.GetProperty("runId").GetString() == Id(run));
        var counts = (await gateway.ReadAsync("/v1/counts")).GetProperty("counts").EnumerateArray();
        counts.Should().Contain(one => one.GetProperty("status").GetString() == "waiting" && one.GetProperty("vendor").GetString() == "juo");
    }

    [Fact]
    public async Task The_feed_of_all_changes_has_one_cursor()
    {
        await gateway.StartWaitingAsync();
        var first = await gateway.ReadAsync("/v1/events?pageSize=1");
        var second = await gateway.ReadAsync("/v1/events?pageSize=1&after=" + first.GetProperty("next").GetString());
        long.Parse(second.GetProperty("next").GetString()!, null).Should().BeGreaterThan(long.Parse(first.GetProperty("next").GetString()!, null));
    }

    [Fact]
    public async Task Workflows_and_connections_show_what_there_is_and_no_secret()
    {
        var workflow = await gateway.ReadAsync("/v1/workflows/cancel-subscription");
        workflow.GetProperty("inputSchema").GetProperty("required")[0].GetString().Should().Be("subscriptionId");
        workflow.GetProperty("operations").EnumerateArray().Select(word => word.GetString()).Should().Contain("respond").And.NotContain("pause");
        (await gateway.ReadAsync("/v1/workflows")).GetProperty("workflows").GetArrayLength().Should().Be(5);
        var connections = await gateway.ReadAsync("/v1/connections");
        connections.GetProperty("connections").EnumerateArray().Select(one => one.GetProperty("name").GetString()).Should().Equal("fortanix", "interactly", "juo");
        connections.GetRawText().Should().NotContain("sandbox");
        await gateway.SendAsync(HttpMethod.Get, "/v1/connections/juoo").ShouldBeProblemAsync(404, "not-found");
        await gateway.SendAsync(HttpMethod.Get, "/v1/workflows/nothing").ShouldBeProblemAsync(404, "unknown-workflow");
    }

    [Fact]
    public async Task Health_says_live_and_ready()
    {
        (await gateway.ReadAsync("/health/live")).GetProperty("status").GetString().Should().Be("live");
        (await gateway.ReadAsync("/health/ready")).GetProperty("status").GetString().Should().Be("ready");
        (await gateway.ReadAsync("/")).GetProperty("description").GetString().Should().Be("/openapi/v1.json");
    }

    private static string Id(JsonElement run) => run.GetProperty("id").GetString()!;
}
