using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>What receivers get, over real HTTP.</summary>
public sealed class WebhookDeliveryTests
{
    [Fact]
    public async Task A_receiver_is_told_every_change_once_in_order_with_the_bytes_of_the_log()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        var webhook = await rig.CreateWebhookAsync(new { url = receiver.Url });
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add((await rig.StartRunAsync("ask")).Id);

        var log = (await rig.GetAsync("/v1/events")).GetProperty("events").EnumerateArray().ToList();
        await receiver.UntilAsync(log.Count);

        receiver.All.Select(one => one.Id).Should().BeEquivalentTo(log.Select(one => one.Text("id")));
        foreach (var one in receiver.All) one.Body.Should().Be(log.Single(e => e.Text("id") == one.Id).GetRawText());
        foreach (var id in ids) receiver.All.Where(one => one.RunId == id).Select(one => one.Seq).Should().BeInAscendingOrder();
        var after = await rig.UntilWebhookAsync(webhook.Id(), now => now.GetProperty("lag").GetInt64() == 0);
        after.Text("cursor").Should().Be(log[^1].Text("id"));
        (after.Text("state"), after.GetProperty("failing").GetInt64()).Should().Be(("active", 0));
        (await rig.DeliveriesAsync(webhook.Id())).Should().HaveCount(log.Count).And.OnlyContain(one => one.Text("state") == "delivered" && one.GetProperty("status").GetInt32() == 200);
        after.TryGetProperty("secret", out _).Should().BeFalse();
    }

    [Fact]
    public async Task Filters_choose_by_status_and_workflow()
    {
        await using var waiting = await Receiver.StartAsync();
        await using var talks = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        await rig.CreateWebhookAsync(new { url = waiting.Url, statuses = new[] { "waiting", "final" } });
        await rig.CreateWebhookAsync(new { url = talks.Url, workflows = new[] { "at-once" } });
        var asks = (await rig.StartRunAsync("ask")).Id;
        var ends = (await rig.StartRunAsync("at-once")).Id;
        await rig.UntilAsync(ends, "succeeded");
        var all = (await rig.HistoryAsync(ends)).Count;

        await waiting.UntilAsync(2);
        await talks.UntilAsync(all);

        waiting.All.Select(one => (one.RunId, one.Status)).Should().BeEquivalentTo([(asks, "waiting"), (ends, "succeeded")]);
        talks.All.Should().HaveCount(all).And.OnlyContain(one => one.RunId == ends);
    }

    [Fact]
    public async Task What_failed_is_tried_ten_times_over_75_hours_then_is_a_dead_letter_and_the_runs_next_event_follows_and_a_replay_delivers_it()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        receiver.AnswerWith(500);
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url, statuses = new[] { "starting", "succeeded" } })).Id();
        var run = await rig.StartRunAsync("ask");
        var interaction = run.Body.GetProperty("interactions")[0].Text("id");
        await rig.PostAsync($"/v1/runs/{run.Id}/respond", new { interactionId = interaction, type = "accept" });
        await receiver.UntilAsync(1);

        var first = receiver.All[0];
        var begin = rig.Time.GetUtcNow();
        for (var attempt = 1; attempt < 10; attempt++)
        {
            await receiver.UntilAsync(attempt);
            var tried = attempt;
            await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM webhook_attempts WHERE state='failing'") == tried);
            var due = DateTimeOffset.FromUnixTimeMilliseconds(rig.Query<long>("SELECT MAX(next_at) FROM webhook_attempts"));
            // A second before its time nothing is sent.
            rig.Pass(due - rig.Time.GetUtcNow() - TimeSpan.FromSeconds(1));
            await CoreRig.PauseAsync(20);
            receiver.All.Should().HaveCount(attempt);
            rig.Pass(TimeSpan.FromSeconds(2));
        }

        await receiver.UntilAsync(10);
        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("dead").GetInt64() == 1);
        var after = rig.Time.GetUtcNow() - begin;
        after.Should().BeGreaterThan(TimeSpan.FromHours(75) + TimeSpan.FromMinutes(35)).And.BeLessThan(TimeSpan.FromHours(80));
        receiver.All.Take(10).Should().OnlyContain(one => one.Id == first.Id && one.Body == first.Body);
        // After so many failures it is left to rest before it is asked again.
        rig.Pass(TimeSpan.FromMinutes(5));
        await receiver.UntilAsync(11);
        receiver.All[10].Status.Should().Be("succeeded");
        // Receivers refuse what is minutes off the time of day, whatever the gateway's steady clock makes of it.
        receiver.All.Should().OnlyContain(one => Math.Abs(one.Timestamp - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) < 120);
        var dead = (await rig.DeliveriesAsync(webhook, "&state=dead")).Should().ContainSingle().Subject;
        (dead.Text("eventId"), dead.GetProperty("attempt").GetInt32(), dead.Text("runId"), dead.Text("error")).Should().Be((first.Id, 10, run.Id, "refused"));
        (await rig.WebhookAsync(webhook)).GetProperty("dead").GetInt64().Should().Be(1);

        receiver.AnswerWith(204);
        (await rig.PostAsync($"/v1/webhooks/{webhook}/replay", new { after = $"{first.Seq - 1}" })).Status.Should().Be(202);
        await receiver.UntilAsync(13);

        receiver.All.Skip(11).Select(one => one.Status).Should().Equal("starting", "succeeded");
        var end = await rig.UntilWebhookAsync(webhook, now => now.Text("state") == "active");
        (rig.Log.Has(webhook), rig.Log.Mentions("not-for-logs"), rig.Log.Mentions("whsec_")).Should().Be((true, false, false), "ids and words are logged, and nothing else");
        (end.GetProperty("dead").GetInt64(), end.GetProperty("failing").GetInt64(), end.GetProperty("lag").GetInt64()).Should().Be((0, 0, 0));
    }

    [Fact]
    public async Task A_run_that_fails_holds_up_no_other_and_its_own_events_stay_in_order()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        string? bad = null;
        var fails = true;
        receiver.Answer = (one, http) =>
        {
            Interlocked.CompareExchange(ref bad, one.RunId, null);
            http.Response.StatusCode = one.RunId == bad && fails ? 400 : 200;
            return Task.CompletedTask;
        };
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url })).Id();
        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add((await rig.StartRunAsync("ask")).Id);
        // The log is whole only then.
        foreach (var id in ids) await rig.UntilAsync(id, "waiting");
        var log = (await rig.GetAsync("/v1/events?pageSize=500")).GetProperty("events").EnumerateArray().ToList();

        // At least once: some may come twice.
        await CoreRig.UntilAsync(() => bad is not null && log.Where(one => one.Text("subject") != bad).Select(one => one.Text("id")).All(id => receiver.All.Any(one => one.Id == id)));
        receiver.All.Where(one => one.RunId == bad).Select(one => one.Id).Distinct().Should().ContainSingle("what comes after it waits behind it");
        (await rig.UntilWebhookAsync(webhook, now => now.GetProperty("lag").GetInt64() == 0)).GetProperty("failing").GetInt64().Should().Be(1);

        fails = false;
        rig.Pass(TimeSpan.FromSeconds(6));
        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("failing").GetInt64() == 0);
        var accepted = receiver.All.Where(one => one.RunId == bad).Select(one => one.Seq).Distinct().ToList();
        accepted.Should().Equal(log.Where(one => one.Text("subject") == bad).Select(one => long.Parse(one.Text("id")!, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Gone_disables_the_webhook_until_somebody_enables_it_and_nothing_is_lost()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        receiver.AnswerWith(410);
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url })).Id();
        var id = (await rig.StartRunAsync("ask")).Id;

        var gone = await rig.UntilWebhookAsync(webhook, now => now.Text("state") == "disabled");
        gone.Text("stateReason").Should().Be("gone");
        var before = receiver.All.Count;
        await rig.StartRunAsync("ask");
        await CoreRig.PauseAsync(200);
        receiver.All.Should().HaveCount(before);

        receiver.AnswerWith(200);
        var (status, enabled) = await rig.SendAsync(HttpMethod.Patch, "/v1/webhooks/" + webhook, new { enabled = true });
        (status, enabled.Text("stateReason")).Should().Be((200, null));
        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("lag").GetInt64() == 0);
        var log = (await rig.GetAsync("/v1/events?pageSize=500")).GetProperty("events").EnumerateArray().Select(one => one.Text("id")).ToList();
        receiver.All.Skip(before).Select(one => one.Id).Should().BeEquivalentTo(log);
        id.Should().NotBeNull();
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("date", 120)]
    [InlineData("999999", 3600)]
    public async Task Who_asks_to_be_left_alone_is_obeyed_within_reason(string header, int seconds)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        receiver.AnswerWith(429, ("Retry-After", header == "date" ? rig.Time.GetUtcNow().AddSeconds(seconds).ToString("R") : header));
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url, statuses = new[] { "waiting" } })).Id();
        await rig.StartRunAsync("ask");

        var resting = await rig.UntilWebhookAsync(webhook, now => now.GetProperty("restsUntil").ValueKind == JsonValueKind.String);

        (resting.GetProperty("restsUntil").GetDateTimeOffset() - rig.Time.GetUtcNow()).Should().BeCloseTo(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(20));
        receiver.AnswerWith(200);
        rig.Pass(TimeSpan.FromSeconds(seconds - 30));
        await CoreRig.PauseAsync(100);
        receiver.All.Should().HaveCount(1);
        rig.Pass(TimeSpan.FromSeconds(35));
        await receiver.UntilAsync(2);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_never_followed()
    {
        await using var elsewhere = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url })).Id();
        foreach (var status in (int[])[301, 302, 303, 307, 308])
        {
            receiver.AnswerWith(status, ("Location", elsewhere.Url));
            var test = await rig.PostAsync($"/v1/webhooks/{webhook}/test");
            (test.Body.GetProperty("delivered").GetBoolean(), test.Body.GetProperty("status").GetInt32(), test.Body.Text("error")).Should().Be((false, status, "redirected"));
        }

        elsewhere.All.Should().BeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_fails_all_the_time_is_left_to_rest_and_the_log_is_its_queue()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        receiver.AnswerWith(503);
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url })).Id();
        for (var i = 0; i < 40; i++) await rig.StartRunAsync("ask");
        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("restsUntil").ValueKind == JsonValueKind.String);
        await CoreRig.PauseAsync(300);

        // No more than were under way at once when it began to rest.
        receiver.All.Should().HaveCountLessThanOrEqualTo(5 + 8);
        (await rig.WebhookAsync(webhook)).GetProperty("lag").GetInt64().Should().BePositive();

        receiver.AnswerWith(200);
        rig.Pass(TimeSpan.FromMinutes(6));
        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("lag").GetInt64() == 0 && now.GetProperty("failing").GetInt64() == 0);
        var log = (await rig.GetAsync("/v1/events?pageSize=500")).GetProperty("events").EnumerateArray().Select(one => one.Text("id")).ToList();
        receiver.All.Select(one => one.Id).Distinct().Should().BeEquivalentTo(log);
    }

    [Fact]
    public async Task A_receiver_that_hangs_adds_nothing_to_another()
    {
        await using var hanging = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        hanging.Answer = async (_, http) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await rig.CreateWebhookAsync(new { url = hanging.Url });
        await rig.CreateWebhookAsync(new { url = receiver.Url });
        for (var i = 0; i < 30; i++) await rig.StartRunAsync("ask");
        var log = (await rig.GetAsync("/v1/events?pageSize=500")).GetProperty("events").EnumerateArray().Count();

        await receiver.UntilAsync(log);

        hanging.All.Should().HaveCountLessThanOrEqualTo(8, "it was not even told the second of anything yet");
        receiver.All.Select(one => one.Id).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_delivered_to()
    {
        await using var receiver = await Receiver.StartAsync(secure: true);
        await using var rig = await CoreRig.StartAsync();
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url })).Id();

        (await rig.PostAsync($"/v1/webhooks/{webhook}/test")).Body.Text("error").Should().Be("tls-failed");

        receiver.All.Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_master_key_a_secret_is_not_kept_and_the_answer_says_what_to_set()
    {
        var folder = Directory.CreateTempSubdirectory("wfg-no-key-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "gateway.json"), """{ "connections": {}, "workflows": {} }""");
        await using var app = await GatewayHost.BuildAsync(
            [
                "--environment", "Production", "--Access:Mode", "none", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", Path.Combine(folder, "gateway.json"),
                "--Storage:Path", Path.Combine(folder, "gateway.db"),
            ],
            builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        using var client = new HttpClient();

        using var answer = await client.PostAsJsonAsync(app.Urls.First() + "/v1/webhooks", new { url = "https://hooks.example.com/", enabled = false });

        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        ((int)answer.StatusCode, problem.Text("code")).Should().Be((422, "master-key-missing"));
        problem.Text("detail").Should().Contain("Security:MasterKey");
        await app.StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_restart_goes_on_where_it_was()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url })).Id();
        await rig.StartRunAsync("ask");
        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("lag").GetInt64() == 0);
        await rig.RestartAsync();
        await rig.StartRunAsync("ask");
        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("lag").GetInt64() == 0);

        var log = (await rig.GetAsync("/v1/events?pageSize=500")).GetProperty("events").EnumerateArray().Select(one => one.Text("id")).ToList();
        receiver.All.Select(one => one.Id).Should().Equal(log);
    }
}
