using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Runs;

/// <summary>The store away, the process stopped or dead in the middle: what is promised holds.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_store_that_is_away_is_said_before_any_vendor_is_called()
    {
        await using var rig = await CoreRig.StartAsync();
        var run = await rig.StartRunAsync("talk");
        Reply start, command;
        using (rig.HoldLedger())
        {
            var both = await Task.WhenAll(rig.StartRunAsync("talk", "order-1"), rig.PostAsync($"/v1/runs/{run.Id}/pause", key: "pause-1"));
            (start, command) = (both[0], both[1]);
        }

        foreach (var refused in (Reply[])[start, command])
            (refused.Status, refused.Body.Text("code"), refused.Body.GetProperty("retryable").GetBoolean()).Should().Be((503, "storage-unavailable", true));
        (rig.Received("start").Count, rig.Received("pause").Count).Should().Be((1, 0));
        (await rig.StartRunAsync("talk", "order-1")).Status.Should().Be(201);
        (await rig.PostAsync($"/v1/runs/{run.Id}/pause", key: "pause-1")).Body.Text("status").Should().Be("paused");
        (rig.Received("start").Count, rig.Received("pause").Count).Should().Be((2, 1));
    }

    [Fact]
    public async Task What_a_vendor_answered_while_the_store_was_away_is_recorded_when_it_is_back()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { Timeout = "20s" });
        var other = await rig.StartRunAsync("graph");
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "delay", Seconds = 1, When = "after", Count = 1 });
        var starting = rig.StartRunAsync("talk", "order-1");
        await CoreRig.UntilAsync(() => rig.Received("start").Count == 2);
        using (rig.HoldLedger()) await CoreRig.UntilAsync(() => rig.Log.Has("vendor_run_bound " + rig.Received("start")[1].Marker!.RunId));

        var started = await starting;

        started.Status.Should().BeOneOf(201, 202);
        var run = await rig.UntilAsync(started.Id, "running");
        run.Text("vendorRunId").Should().Be(rig.Received("start")[1].VendorRunId);
        rig.Received("start").Should().HaveCount(2);
        // The loops went through the same outage and still look.
        rig.Controls.SetStatus("fortanix", other.Body.Text("vendorRunId")!, "SUCCEEDED");
        await rig.UntilAsync(other.Id, "succeeded");
        await rig.HistoryAsync(started.Id);
    }

    [Fact]
    public async Task A_stop_of_the_gateway_waits_for_what_is_under_way()
    {
        await using var rig = await CoreRig.StartAsync();
        var old = await rig.StartRunAsync("talk");
        rig.Controls.Add(new Fault { Vendor = "interactly", Kind = "delay", Seconds = 1.5, When = "after", Count = 2 });
        var started = await rig.StartRunAsync("talk", prefer: "respond-async");
        var pause = rig.PostAsync($"/v1/runs/{old.Id}/pause");
        await CoreRig.UntilAsync(() => rig.Received("start").Count == 2 && rig.Received("pause").Count == 1);
        await rig.RestartAsync();

        (await rig.RunAsync(started.Id)).Text("status").Should().Be("running");
        (await rig.RunAsync(old.Id)).Text("status").Should().Be("paused");
        (await pause).Status.Should().Be(200);
        (rig.Received("start").Count, rig.Received("pause").Count).Should().Be((2, 1));
    }

    [Fact]
    public async Task What_a_stop_cuts_off_is_unknown_and_never_sent_again()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { Timeout = "30s" });
        var old = await rig.StartRunAsync("talk");
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "hang", When = "after", Count = 1 });
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "pause", Kind = "hang", When = "before", Count = 1 });
        var started = await rig.StartRunAsync("talk", "order-1", "respond-async");
        var pausing = rig.PostAsync($"/v1/runs/{old.Id}/pause", key: "pause-1");
        await CoreRig.UntilAsync(() => rig.Received("start").Count == 2 && rig.Received("pause").Count == 1);
        await rig.StopGatewayAsync(TimeSpan.FromMilliseconds(300));
        await pausing.ContinueWith(_ => { }, TaskScheduler.Default);
        await rig.StartGatewayAsync();

        // It may have been found at the vendor since.
        var history = (await rig.GetAsync($"/v1/runs/{started.Id}/events")).GetProperty("events").EnumerateArray();
        history.Select(one => one.GetProperty("data").GetProperty("run").Text("statusReason")).Should().Contain("start-unconfirmed");
        var replayed = await rig.PostAsync($"/v1/runs/{old.Id}/pause", key: "pause-1");
        (replayed.Status, replayed.Replayed).Should().Be((202, true));
        rig.Query<string>("SELECT state FROM commands").Should().Be("unknown");
        await CoreRig.PauseAsync(300);
        (rig.Received("start").Count, rig.Received("pause").Count).Should().Be((2, 1));
    }

    [Fact]
    public async Task A_long_poll_does_not_hold_up_the_stop()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { Timeout = "30s" });
        var run = await rig.StartRunAsync("talk");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/runs/" + run.Id);
        request.Headers.Add("Prefer", "wait=60");
        var waiting = rig.Client.SendAsync(request);
        await CoreRig.PauseAsync(300);

        await rig.StopGatewayAsync().WaitAsync(TimeSpan.FromSeconds(20));

        using var answer = await waiting;
        ((int)answer.StatusCode).Should().Be(200);
        await rig.StartGatewayAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("interactly")]
    public async Task A_start_that_was_being_sent_when_the_process_died_is_unknown_at_once_and_never_sent(string? without)
    {
        await using var rig = await CoreRig.StartAsync();
        var started = await rig.StartRunAsync("talk");
        await rig.StopGatewayAsync();
        rig.Execute("UPDATE runs SET status='starting', vendor_run_id=NULL, detail='{}'; UPDATE work SET kind='sent', due_at=due_at+3600000");
        await rig.StartGatewayAsync(new CoreConfig { Without = without });

        var run = await rig.UntilAsync(started.Id, "unknown");

        (run.Text("statusReason"), run.ErrorCode()).Should().Be(("start-unconfirmed", "start-unconfirmed"));
        rig.Received("start").Should().ContainSingle();
    }

    [Fact]
    public async Task A_start_that_waits_for_its_next_attempt_is_sent_once_after_a_restart()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "status", Status = 429, RetryAfter = "2", Count = 1 });
        var started = await rig.StartRunAsync("talk", "order-1", "respond-async");
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM work WHERE kind='queued'") == 1);
        await rig.RestartAsync();

        await rig.UntilAsync(started.Id, "running");

        rig.Received("start").Select(entry => entry.Marker!.AttemptId).Should().HaveCount(2).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_start_that_waits_is_never_sent_to_another_account(bool removed)
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "status", Status = 429, RetryAfter = "2", Count = 1 });
        var started = await rig.StartRunAsync("endless", "order-1", "respond-async");
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM work WHERE kind='queued'") == 1);
        await rig.RestartAsync(removed ? new CoreConfig { Without = "juo" } : new CoreConfig { JuoTenant = "other.myshopify.com" });

        var run = await rig.UntilAsync(started.Id, "failed");

        run.GetProperty("error").GetProperty("retryable").GetBoolean().Should().BeTrue();
        rig.Received("start").Should().ContainSingle();
    }
}
