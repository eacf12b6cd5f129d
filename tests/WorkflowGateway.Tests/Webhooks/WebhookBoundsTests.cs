using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>What a webhook may not ask for.</summary>
public sealed class WebhookBoundsTests
{
    [Fact]
    public async Task A_cursor_older_than_what_is_kept_is_refused_and_says_from_where_all_is_there()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Execute("INSERT INTO watermarks(name, seq) VALUES('events', 41)");
        var webhook = (await rig.CreateWebhookAsync(new { url = "https://hooks.example.com/", enabled = false, after = "41" })).Id();

        foreach (var reply in new[] { await rig.PostAsync($"/v1/webhooks/{webhook}/replay", new { after = "40" }), await rig.PostAsync("/v1/webhooks", new { url = "https://hooks.example.com/", after = "40" }) })
        {
            (reply.Status, reply.Body.Text("code")).Should().Be((400, "validation-failed"));
            reply.Body.GetProperty("errors")[0].Text("detail").Should().Contain("\"41\"");
        }

        (await rig.PostAsync($"/v1/webhooks/{webhook}/replay", new { after = "41" })).Status.Should().Be(202);
    }

    [Fact]
    public async Task What_was_purged_before_it_could_be_delivered_is_a_dead_letter()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url, enabled = false })).Id();
        var run = await rig.StartRunAsync("ask");
        rig.Execute("INSERT INTO watermarks(name, seq) VALUES('events', 1)");

        (await rig.SendAsync(HttpMethod.Patch, $"/v1/webhooks/{webhook}", new { enabled = true })).Status.Should().Be(200);

        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("dead").GetInt64() == 1 && now.GetProperty("lag").GetInt64() == 0);
        var dead = (await rig.DeliveriesAsync(webhook, "&state=dead")).Should().ContainSingle().Subject;
        (dead.Text("error"), dead.Text("eventId"), dead.GetProperty("runId").ValueKind).Should().Be(("purged", "1", JsonValueKind.Null));
        receiver.All.Should().OnlyContain(one => one.RunId == run.Id);
    }

    [Fact]
    public async Task A_cursor_beyond_the_log_is_refused_and_says_what_the_newest_event_is()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = (await rig.StartRunAsync("ask")).Id;
        await rig.UntilAsync(run, "waiting");
        var newest = rig.Query<long>("SELECT MAX(seq) FROM events");
        var (last, beyond) = (newest.ToString(CultureInfo.InvariantCulture), (newest + 1).ToString(CultureInfo.InvariantCulture));
        var webhook = (await rig.CreateWebhookAsync(new { url = "https://hooks.example.com/", enabled = false, after = last })).Id();

        foreach (var reply in new[] { await rig.PostAsync($"/v1/webhooks/{webhook}/replay", new { after = beyond }), await rig.PostAsync("/v1/webhooks", new { url = "https://hooks.example.com/", enabled = false, after = beyond }) })
        {
            (reply.Status, reply.Body.Text("code")).Should().Be((400, "validation-failed"));
            var error = reply.Body.GetProperty("errors")[0];
            error.Text("pointer").Should().Be("/after");
            error.Text("detail").Should().Contain($"\"{last}\"");
        }

        (await rig.PostAsync($"/v1/webhooks/{webhook}/replay", new { after = last })).Status.Should().Be(202);
    }

    [Fact]
    public async Task A_tenant_has_a_hundred_webhooks_and_no_more()
    {
        await using var rig = await CoreRig.StartAsync();
        var first = (await rig.CreateWebhookAsync(new { url = "https://hooks.example.com/", enabled = false })).Id();
        rig.Execute("""
            INSERT INTO webhooks(id, tenant, url, enabled, cursor, created_at, updated_at)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 98)
            SELECT randomblob(16), tenant, url, 0, 0, created_at, updated_at FROM webhooks, n
            """);
        var hundredth = (await rig.PostAsync("/v1/webhooks", new { url = "https://hooks.example.com/", enabled = false }, "the-hundredth"));
        hundredth.Status.Should().Be(201);

        var more = await rig.PostAsync("/v1/webhooks", new { url = "https://hooks.example.com/", enabled = false });

        (more.Status, more.Body.Text("code")).Should().Be((400, "validation-failed"));
        more.Body.GetProperty("errors")[0].Text("detail").Should().Contain("100");
        (await rig.PostAsync("/v1/webhooks", new { url = "https://hooks.example.com/", enabled = false }, "the-hundredth")).Id.Should().Be(hundredth.Id, "it was made already");
        await rig.SendAsync(HttpMethod.Delete, "/v1/webhooks/" + first);
        await rig.CreateWebhookAsync(new { url = "https://hooks.example.com/", enabled = false });
    }

    [Fact]
    public async Task A_new_webhook_begins_after_what_was_purged()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Execute("INSERT INTO watermarks(name, seq) VALUES('events', 41)");

        (await rig.CreateWebhookAsync(new { url = "https://hooks.example.com/", enabled = false })).Text("cursor").Should().Be("41");
    }
}
