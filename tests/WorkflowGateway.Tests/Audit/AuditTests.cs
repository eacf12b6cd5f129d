using System.Text.Json;
using WorkflowGateway.Tests.Access;

namespace WorkflowGateway.Tests.Audit;

public sealed class AuditTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    [Fact]
    public async Task Who_started_answered_and_stopped_a_run_is_told_with_its_trace_and_never_with_what()
    {
        var run = (await PostAsync("a-caller", "/v1/runs", new { workflow = "ask", input = new { subscriptionId = "sub_1", note = "the-payload" } })).Text("id")!;
        var waiting = await gateway.SendAsync("a-viewer", HttpMethod.Get, "/v1/runs/" + run);
        var interaction = waiting.Body.GetProperty("interactions")[0].Text("id");
        await PostAsync("a-operator", $"/v1/runs/{run}/respond", new { interactionId = interaction, type = "accept", data = new { note = "the-payload" } });
        (await gateway.SendAsync("a-viewer", HttpMethod.Post, $"/v1/runs/{run}/stop")).Status.Should().Be(403);
        (await gateway.SendAsync("a-caller", HttpMethod.Post, $"/v1/runs/{run}/pause")).Status.Should().Be(422);

        var rows = await RowsAsync("a-operator", "target=" + run, 4);

        rows.Select(Told).Should().Equal("a-caller caller pauseRun capability-unsupported", "a-viewer viewer stopRun forbidden", "a-operator operator respondToRun done", "a-caller caller startRun done");
        rows.Should().OnlyContain(row => row.Text("tenant") == "a" && row.Text("traceId")!.Length > 0 && row.Text("address") == "127.0.0.1");
        JsonSerializer.Serialize(rows).Should().NotContain("the-payload");
    }

    [Fact]
    public async Task Another_tenants_rows_do_not_exist_and_a_key_of_all_tenants_sees_them()
    {
        var run = (await PostAsync("b-operator", "/v1/runs", new { workflow = "ask" })).Text("id")!;

        (await RowsAsync("a-operator", "target=" + run, 0)).Should().BeEmpty();
        (await RowsAsync("b-operator", "target=" + run, 1)).Select(Told).Should().Equal("b-operator operator startRun done");
        (await RowsAsync("all", "target=" + run, 1)).Should().ContainSingle();
        (await gateway.SendAsync("a-caller", HttpMethod.Get, "/v1/audit")).Status.Should().Be(403);
    }

    // What a key of all tenants does is told to the tenant that it was done to.
    [Fact]
    public async Task What_is_done_to_a_tenants_run_is_that_tenants_to_know()
    {
        var run = (await PostAsync("b-operator", "/v1/runs", new { workflow = "ask" })).Text("id")!;
        var interaction = (await gateway.SendAsync("all", HttpMethod.Get, "/v1/runs/" + run)).Body.GetProperty("interactions")[0].Text("id");
        await PostAsync("all", $"/v1/runs/{run}/respond", new { interactionId = interaction, type = "accept" });

        (await RowsAsync("b-operator", "action=respondToRun&target=" + run, 1)).Select(Told).Should().Equal("all operator respondToRun done");
    }

    [Fact]
    public async Task Keys_and_webhooks_and_what_the_ledger_knows_nothing_of_are_noted()
    {
        var key = (await PostAsync("a-operator", "/v1/keys", new { role = "viewer", name = "audited" })).Text("id")!;
        (await gateway.SendAsync("a-operator", HttpMethod.Delete, "/v1/keys/" + key)).Status.Should().Be(204);
        (await gateway.SendAsync("all", HttpMethod.Delete, "/v1/keys/" + key)).Status.Should().Be(204, "it stays revoked");
        var hook = (await PostAsync("a-operator", "/v1/webhooks", new { url = "https://hooks.example.com/runs", enabled = false })).Text("id")!;
        var path = "/v1/webhooks/" + hook;
        await PostAsync("a-operator", path + "/rotate", new { });
        await PostAsync("a-operator", path + "/test", new { });
        await PostAsync("a-operator", path + "/replay", new { after = "0" });
        (await gateway.SendAsync("a-operator", HttpMethod.Delete, path)).Status.Should().Be(204);
        (await gateway.SendAsync("a-operator", HttpMethod.Delete, path)).Status.Should().Be(404);

        (await RowsAsync("a-operator", "target=" + key, 3)).Select(Told).Should().Equal("all operator revokeKey 204", "a-operator operator revokeKey done", "a-operator operator createKey done");
        (await RowsAsync("a-operator", "target=" + hook, 6)).Select(Told).Should().BeEquivalentTo(
            "a-operator operator deleteWebhook not-found", "a-operator operator deleteWebhook done", "a-operator operator replayWebhook done", "a-operator operator testWebhook 200",
            "a-operator operator rotateWebhook done", "a-operator operator createWebhook done");
        (await RowsAsync("all", "action=startGateway", 1)).Select(Told).Should().Equal("gateway operator startGateway done");
    }

    [Fact]
    public async Task A_replay_and_a_request_that_was_no_good_are_told_as_such_and_a_question_is_not()
    {
        var once = ("Idempotency-Key", "audited-once");
        var run = (await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow = "ask" }, once)).Body.Text("id")!;
        await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow = "ask" }, once);
        await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs?validateOnly=true", new { workflow = "ask" });
        await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow = "no-such" });
        var since = (await RowsAsync("a-operator", "target=" + run, 1))[0].Text("at");

        (await RowsAsync("a-operator", $"actor=a-caller&action=startRun&createdAfter={since}", 2, row => row.Text("target") is null)).Select(Told)
            .Should().Equal("a-caller caller startRun unknown-workflow", "a-caller caller startRun replayed");
    }

    [Fact]
    public async Task Who_is_refused_again_and_again_does_not_fill_the_store()
    {
        for (var i = 0; i < 300; i++) (await gateway.SendAsync("b-operator", HttpMethod.Post, "/v1/runs/run_0/resolve", new { abandon = "x" })).Status.Should().Be(404);

        (await RowsAsync("b-operator", "action=resolveRun", 60)).Count.Should().BeInRange(60, 290, "some are kept, and not all");
    }

    private static string Told(JsonElement row) => $"{row.Text("actor")} {row.Text("role")} {row.Text("action")} {row.Text("outcome")}";

    private async Task<JsonElement> PostAsync(string key, string path, object body)
    {
        var (status, answer) = await gateway.SendAsync(key, HttpMethod.Post, path, body);
        status.Should().BeLessThan(300, answer.ToString());
        return answer;
    }

    // Nobody waits for what is no part of a change: it may come a moment later.
    private async Task<List<JsonElement>> RowsAsync(string key, string filter, int least, Func<JsonElement, bool>? which = null)
    {
        List<JsonElement> rows = [];
        for (var i = 0; i < 200; i++)
        {
            var (status, body) = await gateway.SendAsync(key, HttpMethod.Get, "/v1/audit?pageSize=500&" + filter);
            status.Should().Be(200, body.ToString());
            rows = [.. body.GetProperty("audit").EnumerateArray().Where(which ?? (_ => true))];
            if (rows.Count >= least) break;
            await CoreRig.PauseAsync(20);
        }

        return rows;
    }
}
