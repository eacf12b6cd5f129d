using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Sync;

/// <summary>What reads do to runs, over HTTP, with vendors that lie, fail and are slow.</summary>
public sealed class PollTests
{
    [Theory]
    [InlineData("status", 401)]
    [InlineData("status", 403)]
    [InlineData("status", 500)]
    [InlineData("status", 503)]
    [InlineData("html200", null)]
    [InlineData("cut-json", null)]
    [InlineData("truncated-json", null)]
    [InlineData("huge-body", null)]
    [InlineData("reset", null)]
    [InlineData("redirect", null)]
    public async Task A_read_that_fails_makes_a_run_stale_and_nothing_else(string kind, int? status)
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = kind, Status = status, Bytes = 6_000_000, Location = kind == "redirect" ? "http://127.0.0.1:9/" : null });

        var stale = await rig.UntilAsync(run.Id, now => now.GetProperty("observation").GetProperty("stale").GetBoolean());

        stale.GetProperty("observation").Text("error").Should().NotBeNullOrEmpty();
        (stale.Text("status"), stale.GetProperty("version").GetInt64(), stale.Text("vendorRunId"))
            .Should().Be(("running", run.Body.GetProperty("version").GetInt64(), run.Body.Text("vendorRunId")));
        rig.Controls.ClearFaults();
        var fresh = await rig.UntilAsync(run.Id, now => !now.GetProperty("observation").GetProperty("stale").GetBoolean());
        fresh.GetProperty("version").GetInt64().Should().Be(run.Body.GetProperty("version").GetInt64());
        (await rig.HistoryAsync(run.Id)).Should().HaveCount(2);
    }

    [Theory]
    [InlineData("talk", "interactly", "levitating", "unmapped-status")]
    [InlineData("graph", "fortanix", "UNKNOWN", "vendor-reported-unknown")]
    [InlineData("endless", "juo", "abandoned", "unmapped-status")]
    public async Task A_word_that_nobody_knows_is_unknown_and_keeps_what_was_known(string workflow, string vendor, string word, string reason)
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync(workflow);
        var before = run.Body.Text("status");
        var vendorRunId = run.Body.Text("vendorRunId")!;
        rig.Controls.SetStatus(vendor, vendorRunId, word);

        var unknown = await rig.UntilAsync(run.Id, "unknown");

        (unknown.Text("statusReason"), unknown.Text("nativeStatus"), unknown.Text("lastKnownStatus"), unknown.Text("vendorRunId")).Should().Be((reason, word, before, vendorRunId));
        rig.Controls.End(vendor, vendorRunId);
        (await rig.UntilAsync(run.Id, "succeeded")).Text("lastKnownStatus").Should().BeNull();
        await rig.HistoryAsync(run.Id);
    }

    [Fact]
    public async Task A_run_that_the_vendor_no_longer_knows_is_unknown_after_three_reads_over_five_minutes()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "status", Status = 404 });
        var before = rig.Received("get").Count;
        await CoreRig.UntilAsync(() => rig.Received("get").Count >= before + 5);
        (await rig.RunAsync(run.Id)).Text("status").Should().Be("running", "five reads were not over five minutes");

        rig.Time.Advance(TimeSpan.FromMinutes(6));
        var lost = await rig.UntilAsync(run.Id, "unknown");

        (lost.Text("statusReason"), lost.Text("lastKnownStatus")).Should().Be(("vendor-not-found", "running"));
        rig.Controls.ClearFaults();
        rig.Time.Advance(TimeSpan.FromHours(1));
        await rig.UntilAsync(run.Id, "running");
        await rig.HistoryAsync(run.Id);
    }

    [Fact]
    public async Task One_read_that_finds_nothing_after_a_long_time_is_not_enough()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "status", Status = 404, Count = 1 });
        await rig.UntilAsync(run.Id, now => now.GetProperty("observation").GetProperty("stale").GetBoolean());
        await rig.UntilAsync(run.Id, now => !now.GetProperty("observation").GetProperty("stale").GetBoolean());
        rig.Time.Advance(TimeSpan.FromMinutes(6));
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "status", Status = 404, Count = 2 });
        var before = rig.Received("get").Count;

        await CoreRig.UntilAsync(() => rig.Received("get").Count >= before + 4);

        (await rig.HistoryAsync(run.Id)).Select(e => e.GetProperty("run").Text("status")).Should().Equal("starting", "running");
    }

    [Fact]
    public async Task A_read_that_began_before_a_command_does_not_undo_what_the_command_brought()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");
        rig.Controls.SetStatus("interactly", run.Body.Text("vendorRunId")!, "pending");
        await rig.UntilAsync(run.Id, "pending");
        rig.Controls.SetStatus("interactly", run.Body.Text("vendorRunId")!, "running");
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "delay", Seconds = 1, When = "after", Count = 1 });
        var before = rig.Received("get").Count;
        await CoreRig.UntilAsync(() => rig.Received("get").Count > before);

        (await rig.PostAsync($"/v1/runs/{run.Id}/pause")).Body.Text("status").Should().Be("paused");
        await CoreRig.UntilAsync(() => rig.Received("get").Count > before + 2);

        (await rig.HistoryAsync(run.Id)).Select(e => e.GetProperty("run").Text("status")).Should().Equal("starting", "running", "pending", "pending", "paused");
    }

    [Fact]
    public async Task A_vendor_that_asks_to_be_left_alone_is()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");
        await rig.StartRunAsync("talk");
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "status", Status = 429, RetryAfter = "600", Count = 1 });
        await rig.UntilAsync(run.Id, _ => rig.Controls.Faults.Count == 0);
        await CoreRig.PauseAsync(300);
        var before = rig.Received("get").Count;

        var refused = await rig.StartRunAsync("talk", "order-1");
        await CoreRig.PauseAsync(1000);

        (refused.Status, refused.Body.Text("code")).Should().Be((429, "rate-limited"));
        (rig.Received("get").Count, rig.Received("start").Count).Should().Be((before, 2));
        rig.Query<long>("SELECT COUNT(*) FROM runs").Should().Be(2, "what is refused is not stored");
        rig.Time.Advance(TimeSpan.FromMinutes(11));
        (await rig.StartRunAsync("talk", "order-1")).Status.Should().Be(201);
        await CoreRig.UntilAsync(() => rig.Received("get").Count > before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_whose_connection_is_gone_or_reaches_another_account_is_stale_and_nobody_is_called(bool removed)
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("ask");
        await rig.StopGatewayAsync();
        var before = rig.Received("get").Count;
        await rig.StartGatewayAsync(removed ? new CoreConfig { Without = "juo" } : new CoreConfig { JuoTenant = "other.myshopify.com" });

        var stale = await rig.UntilAsync(run.Id, now => now.GetProperty("observation").Text("error") == "connection-changed");

        (stale.Text("status"), stale.GetProperty("observation").GetProperty("stale").GetBoolean()).Should().Be(("waiting", true));
        using var read = new HttpRequestMessage(HttpMethod.Get, "/v1/runs/" + run.Id) { Headers = { { "Cache-Control", "no-cache" } } };
        (await rig.Client.SendAsync(read)).EnsureSuccessStatusCode();
        var refused = await rig.PostAsync($"/v1/runs/{run.Id}/respond", new { interactionId = run.Body.GetProperty("interactions")[0].Text("id"), type = "accept" });
        (refused.Status, refused.Body.Text("code")).Should().Be((409, "action-unavailable"));
        (rig.Received("get").Count, rig.Received("respond").Count).Should().Be((before, 0));
        await rig.RestartAsync();
        await rig.UntilAsync(run.Id, now => now.GetProperty("observation").Text("error") is null);
    }

    [Fact]
    public async Task Callers_that_ask_for_a_fresh_run_at_once_share_one_read()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { PollMax = "1h" });
        var run = await rig.StartRunAsync("talk");
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT quiet FROM work") >= 5);
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "delay", Seconds = 1, When = "after", Count = 1 });
        rig.Controls.SetStatus("interactly", run.Body.Text("vendorRunId")!, "paused");
        var before = rig.Received("get").Count;

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            using var read = new HttpRequestMessage(HttpMethod.Get, "/v1/runs/" + run.Id) { Headers = { { "Cache-Control", "no-cache" } } };
            using var patience = new CancellationTokenSource(i == 0 ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(30));
            try
            {
                using var answer = await rig.Client.SendAsync(read, patience.Token);
                return JsonElement.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None)).Text("status");
            }
            catch (OperationCanceledException)
            {
                return "gone";
            }
        }));

        answers.Should().OnlyContain(status => status == "paused" || status == "gone").And.Contain("paused");
        rig.Received("get").Count.Should().Be(before + 1);
    }

    [Fact]
    public async Task An_interaction_that_runs_out_is_noticed_at_its_end()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { PollMax = "1h" });
        var run = await rig.StartRunAsync("twice");
        var first = run.Body.GetProperty("interactions")[0].Text("id");
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT quiet FROM work") >= 6);

        var due = rig.Query<long>("SELECT due_at FROM work");
        due.Should().BeLessThanOrEqualTo(run.Body.GetProperty("interactions")[0].GetProperty("expiresAt").GetDateTimeOffset().ToUnixTimeMilliseconds() + 1000);
        rig.Controls.Advance(TimeSpan.FromSeconds(61));
        rig.Time.Advance(TimeSpan.FromSeconds(62));
        var second = await rig.UntilAsync(run.Id, now => now.GetProperty("interactions")[0].Text("id") != first);
        second.Text("status").Should().Be("waiting");
        var late = await rig.PostAsync($"/v1/runs/{run.Id}/respond", new { interactionId = first, type = "accept" });
        late.Body.Text("code").Should().Be("interaction-not-pending");
    }

    [Fact]
    public async Task Whatever_a_vendor_writes_can_be_stored_and_told()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("ask");
        var vendorRunId = run.Body.Text("vendorRunId")!;
        var nasty = JsonElement.Parse("\"a\\u0000b" + new string('x', 50_000) + "\"");
        foreach (var field in (string[])["workflowId", "pendingInteraction.stepId", "pendingInteraction.actionType", "pendingInteraction.actionConfig"])
            rig.Controls.Add(new Fault { Vendor = "juo", Operation = "get", Kind = "wrong-type", Field = field, Value = nasty, Count = 1 });

        await rig.UntilAsync(run.Id, _ => rig.Controls.Faults.Count == 0);
        rig.Controls.End("juo", vendorRunId);
        await rig.UntilAsync(run.Id, "succeeded");

        var history = await rig.HistoryAsync(run.Id);
        history.Should().Contain(change => change.Member("truncated") != null);
        history.Should().OnlyContain(change => change.GetRawText().Length < 64 * 1024);
        rig.Query<long>("SELECT COUNT(*) FROM runs WHERE instr(CAST(detail AS BLOB), x'00') > 0").Should().Be(0);
    }
}
