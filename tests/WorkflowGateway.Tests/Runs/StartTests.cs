using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Runs;

/// <summary>The start protocol, over HTTP, with the vendor's own ledger as the truth.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("hang", "before")]
    [InlineData("hang", "after")]
    [InlineData("reset", "after")]
    [InlineData("eof", "after")]
    [InlineData("status", "after")]
    [InlineData("html200", "after")]
    [InlineData("truncated-json", null)]
    [InlineData("cut-json", null)]
    [InlineData("huge-body", "after")]
    public async Task A_start_whose_answer_nobody_understood_is_unknown_and_never_sent_again(string kind, string? when)
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { Timeout = "1s" });
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = kind, When = when, Status = kind == "status" ? 502 : null, Bytes = 6_000_000, Count = 1 });

        var started = await rig.StartRunAsync("talk", "order-1");

        started.Status.Should().Be(202);
        (started.Body.Text("status"), started.Body.Text("statusReason"), started.Body.Text("lastKnownStatus")).Should().Be(("unknown", "start-unconfirmed", "starting"));
        var again = await rig.StartRunAsync("talk", "order-1");
        (again.Replayed, again.Id).Should().Be((true, started.Id));
        await rig.RestartAsync(new CoreConfig());
        await CoreRig.PauseAsync(300);
        // What the vendor did carry out may have been found by its mark.
        (await rig.RunAsync(started.Id)).Text("status").Should().BeOneOf("unknown", "running");
        rig.Received("start").Should().ContainSingle();
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM run_bodies WHERE kind='evidence'") == 1);
        await rig.HistoryAsync(started.Id);
    }

    [Fact]
    public async Task What_nobody_understood_can_be_read()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "html200", When = "after", Count = 1 });
        var started = await rig.StartRunAsync("talk");
        await CoreRig.UntilAsync(() => rig.Query<long>("SELECT COUNT(*) FROM run_bodies WHERE kind='evidence'") == 1);

        var run = await rig.GetAsync($"/v1/runs/{started.Id}?include=input,evidence,native");

        run.Text("status").Should().Be("unknown");
        var evidence = run.GetProperty("evidence");
        evidence.Text("attempt").Should().Be(Convert.ToHexStringLower(rig.Query<byte[]>("SELECT attempt FROM runs")));
        evidence.GetProperty("failedAt").GetDateTimeOffset().Should().BeOnOrAfter(evidence.GetProperty("sentAt").GetDateTimeOffset());
        evidence.GetProperty("vendorStatus").GetInt32().Should().Be(200);
        evidence.Text("message").Should().NotBeNullOrEmpty();
        evidence.Text("firstBytes").Should().Contain("We will be back soon");
        (await rig.RunAsync(started.Id)).TryGetProperty("evidence", out _).Should().BeFalse();
        (await rig.GetAsync($"/v1/runs/{(await rig.StartRunAsync("ask")).Id}?include=evidence")).GetProperty("evidence").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_certainly_did_nothing_is_sent_again_under_an_attempt_of_its_own()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "status", Status = 429, RetryAfter = "0", Count = 2 });

        var started = await rig.StartRunAsync("talk", "order-1");

        (started.Status, started.Body.Text("status")).Should().Be((201, "running"));
        var sent = rig.Received("start");
        sent.Select(entry => entry.Processed).Should().Equal(false, false, true);
        sent.Select(entry => entry.Marker!.AttemptId).Should().OnlyHaveUniqueItems();
        sent.Select(entry => entry.Marker!.RunId).Should().AllBe(started.Id);
        Convert.ToHexStringLower(rig.Query<byte[]>("SELECT attempt FROM runs")).Should().Be(sent[^1].Marker!.AttemptId);
        rig.Query<long>("SELECT COUNT(*) FROM run_bodies WHERE kind='start'").Should().Be(0);
        (await rig.HistoryAsync(started.Id)).Select(e => e.GetProperty("run").Text("status")).Should().Equal("starting", "starting", "starting", "running");
    }

    [Fact]
    public async Task A_vendor_that_stays_away_fails_the_run_and_the_same_key_starts_another()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "status", Status = 429, RetryAfter = "0" });

        var failed = await rig.StartRunAsync("endless", "order-1");

        (failed.Status, failed.Body.Text("status"), failed.Body.ErrorCode(), failed.Body.GetProperty("error").GetProperty("retryable").GetBoolean())
            .Should().Be((201, "failed", "vendor-throttled", true));
        rig.Received("start").Should().HaveCount(3);
        rig.Controls.ClearFaults();
        var again = await rig.StartRunAsync("endless", "order-1");
        (again.Status, again.Replayed, again.Body.Text("status")).Should().Be((201, false, "running"));
        again.Id.Should().NotBe(failed.Id);
        (await rig.StartRunAsync("endless", "order-1")).Id.Should().Be(again.Id);
        rig.Query<long>("SELECT COUNT(*) FROM idempotency WHERE expires_at IS NOT NULL").Should().Be(0, "the key now stands for a run that is open");
        rig.Received("start").Should().HaveCount(4);
    }

    [Theory]
    [InlineData(400, "vendor-rejected")]
    [InlineData(401, "vendor-auth-failed")]
    [InlineData(409, "vendor-rejected")]
    [InlineData(422, "vendor-rejected")]
    public async Task A_refusal_is_final_for_its_key(int status, string code)
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "status", Status = status, Count = 1 });

        var failed = await rig.StartRunAsync("talk", "order-1");
        var again = await rig.StartRunAsync("talk", "order-1");

        (failed.Status, failed.Body.Text("status"), failed.Body.ErrorCode()).Should().Be((201, "failed", code));
        (again.Status, again.Replayed, again.Id).Should().Be((201, true, failed.Id));
        rig.Received("start").Should().ContainSingle();
    }

    [Fact]
    public async Task Of_many_starts_with_one_key_at_once_one_is_sent()
    {
        await using var rig = await CoreRig.StartAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.StartRunAsync("talk", "order-1")));

        replies.Select(reply => reply.Id).Distinct().Should().ContainSingle();
        replies.Count(reply => !reply.Replayed).Should().Be(1);
        rig.Received("start").Should().ContainSingle();
    }

    [Fact]
    public async Task Of_many_starts_with_a_key_that_is_free_again_one_is_sent()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "status", Status = 429, RetryAfter = "0", Count = 3 });
        (await rig.StartRunAsync("endless", "order-1")).Body.Text("status").Should().Be("failed");

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.StartRunAsync("endless", "order-1")));

        replies.Select(reply => reply.Id).Distinct().Should().ContainSingle();
        replies.Count(reply => !reply.Replayed).Should().Be(1);
        rig.Received("start").Count(entry => entry.Processed).Should().Be(1);
    }

    [Fact]
    public async Task A_replay_is_answered_before_anything_is_checked()
    {
        await using var rig = await CoreRig.StartAsync();
        var started = await rig.StartRunAsync("talk", "order-1");
        await rig.RestartAsync(new CoreConfig { Without = "interactly" });

        var again = await rig.StartRunAsync("talk", "order-1");

        (again.Status, again.Replayed, again.Id).Should().Be((201, true, started.Id));
        (await rig.StartRunAsync("talk", "order-2")).Body.Text("code").Should().Be("unknown-workflow");
    }

    [Fact]
    public async Task An_input_that_is_not_to_be_stored_is_gone_once_it_was_sent()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "status", Status = 429, RetryAfter = "0", Count = 1 });

        var secret = await rig.StartRunAsync("secret", input: new { name = "canary-1" });
        var plain = await rig.StartRunAsync("talk", input: new { name = "canary-2" });

        secret.Body.Text("status").Should().Be("running");
        rig.Received("start").Count(entry => entry.Body!.Contains("canary-1", StringComparison.Ordinal)).Should().Be(2);
        (await rig.GetAsync($"/v1/runs/{plain.Id}?include=input")).GetProperty("input").Text("name").Should().Be("canary-2");
        rig.Query<long>("SELECT COUNT(*) FROM run_bodies WHERE run_id=@id AND kind IN ('input', 'start')", new { id = Bytes(secret.Id) }).Should().Be(0);
    }

    [Fact]
    public async Task A_dry_run_is_answered_once_and_never_read_nor_steered()
    {
        await using var rig = await CoreRig.StartAsync();

        var dry = await rig.PostAsync("/v1/runs?dryRun=true", new { workflow = "ask" });

        (dry.Status, dry.Body.Text("status"), dry.Body.GetProperty("dryRun").GetBoolean()).Should().Be((201, "waiting", true));
        rig.Query<long>("SELECT COUNT(*) FROM work").Should().Be(0);
        var refused = await rig.PostAsync($"/v1/runs/{dry.Id}/respond", new { interactionId = dry.Body.GetProperty("interactions")[0].Text("id"), type = "accept" });
        (refused.Status, refused.Body.Text("code")).Should().Be((409, "action-unavailable"));
        rig.Time.Advance(TimeSpan.FromHours(1));
        (await rig.RunAsync(dry.Id)).GetProperty("observation").GetProperty("stale").GetBoolean().Should().BeFalse();
        (rig.Received("get").Count, rig.Received("respond").Count).Should().Be((0, 0));
    }

    [Fact]
    public async Task A_vendor_run_that_is_another_runs_is_not_bound_twice()
    {
        await using var rig = await CoreRig.StartAsync();
        var first = await rig.StartRunAsync("endless");
        rig.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "wrong-type", Field = "runId", Value = first.Body.GetProperty("vendorRunId"), Count = 1 });

        var second = await rig.StartRunAsync("endless");

        (second.Status, second.Body.Text("status"), second.Body.Text("statusReason"), second.Body.Text("vendorRunId")).Should().Be((202, "unknown", "conflicting-binding", null));
        (await rig.RunAsync(first.Id)).Text("status").Should().Be("running");
        await rig.HistoryAsync(second.Id);
    }

    [Fact]
    public async Task A_start_that_was_held_up_between_its_commit_and_its_first_byte_is_not_sent_under_that_attempt()
    {
        await using var rig = await CoreRig.StartAsync();
        var first = new TaskCompletionSource<Guid>();
        Watch(rig, run =>
        {
            if (first.TrySetResult(run.Attempt)) rig.Time.Freeze(TimeSpan.FromSeconds(6));
        });

        var started = await rig.StartRunAsync("talk");

        started.Body.Text("status").Should().Be("running");
        rig.Received("start").Should().ContainSingle().Which.Marker!.AttemptId.Should().NotBe((await first.Task).ToString("N"));
        (await rig.HistoryAsync(started.Id)).Select(e => e.GetProperty("run").Text("status")).Should().Equal("starting", "starting", "running");
    }

    [Fact]
    public async Task Nobody_sees_a_run_before_it_is_durable_nor_hears_of_a_vendor_call_before_the_intent_is()
    {
        await using var rig = await CoreRig.StartAsync();
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "start", Kind = "delay", Seconds = 1, When = "before", Count = 1 });

        var starting = rig.StartRunAsync("talk", prefer: "respond-async");
        var run = await starting;

        (run.Status, run.Body.Text("status")).Should().Be((202, "starting"));
        rig.Query<string>("SELECT r.status || ' ' || w.kind FROM runs r JOIN work w ON w.run_id = r.id").Should().Be("starting sent");
        await rig.UntilAsync(run.Id, "running");
    }

    internal static byte[] Bytes(string id) => Convert.FromHexString(id[4..]);

    private static void Watch(CoreRig rig, Action<WorkflowGateway.Runs.RunRow> seen) =>
        ((WorkflowGateway.Ledger.LedgerWriter)rig.Services.GetService(typeof(WorkflowGateway.Ledger.LedgerWriter))!).Committed += runs =>
        {
            foreach (var run in runs) seen(run);
        };
}
