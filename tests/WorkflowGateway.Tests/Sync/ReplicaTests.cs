using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Sync;

/// <summary>What several replicas owe a vendor together: one rate, one pause.</summary>
public sealed class ReplicaTests
{
    [Fact]
    public async Task Replicas_share_the_rate_and_who_is_left_alone_has_all_of_it()
    {
        await using var rig = await ReplicaRig.StartAsync(2, """, "rateLimit": 20""");
        await UntilAsync(async () => await rig.ShareAsync(0) == 10 && await rig.ShareAsync(1) == 10);
        var replicas = (await rig.ConnectionsAsync(1)).GetProperty("replicas").EnumerateArray().ToList();
        replicas.Should().HaveCount(2);
        replicas.Select(replica => replica.Text("revision")).Distinct().Should().ContainSingle();
        replicas.Count(replica => replica.GetProperty("answering").GetBoolean()).Should().Be(1);
        for (var i = 0; i < 40; i++) (await rig.StartRunAsync(i % 2)).Status.Should().Be(201);

        // Forty runs, each due every 100 ms: as much as there may be, and no more.
        var (before, began) = (rig.Sandbox.ReadLedger().Count, TimeProvider.System.GetTimestamp());
        await CoreRig.UntilAsync(() => rig.Sandbox.ReadLedger().Count >= before + 120);
        (rig.Sandbox.ReadLedger().Count - before).Should().BeLessThanOrEqualTo((int)(20 * TimeProvider.System.GetElapsedTime(began).TotalSeconds) + 20);

        await rig.StopAsync(1);
        await UntilAsync(async () => await rig.ShareAsync(0) == 20);
    }

    [Fact]
    public async Task A_vendor_that_asks_one_replica_to_be_left_alone_is_left_alone_by_all()
    {
        await using var rig = await ReplicaRig.StartAsync(2, "");
        var first = await rig.StartRunAsync(0);
        first.Status.Should().Be(201);
        rig.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "status", Status = 429, RetryAfter = "600", Count = 1 });
        await UntilAsync(async () => await PausedAsync(0) && await PausedAsync(1));
        // A read that had begun may still come in.
        var (gets, last) = (rig.Gets, -1);
        for (; gets != last; gets = rig.Gets)
        {
            last = gets;
            await CoreRig.PauseAsync(500);
        }

        var refused = await Task.WhenAll(rig.StartRunAsync(0), rig.StartRunAsync(1));

        refused.Should().OnlyContain(reply => reply.Status == 429 && reply.Body.Text("code") == "rate-limited");
        rig.Sandbox.ReadLedger(operation: "start").Should().ContainSingle();
        rig.Gets.Should().Be(gets);
        await rig.AddAsync();
        (await PausedAsync(2)).Should().BeTrue("who comes later hears of it before it listens");

        async Task<bool> PausedAsync(int replica) =>
            (await rig.ConnectionsAsync(replica)).GetProperty("connections")[0].GetProperty("budget").Text("pausedUntil") is not null;
    }

    [Fact]
    public async Task The_same_vendors_event_at_two_replicas_at_once_is_one_read()
    {
        await using var rig = await ReplicaRig.StartAsync(2, """, "webhookSecrets": [ "s" ]""", poll: "1h");
        var run = await rig.StartRunAsync(0);
        for (var i = 1; i <= 20; i++)
        {
            var body = $$"""{ "event_id": "evt_{{i}}", "action": "workflow_run_completed", "workflow_run_id": "{{run.Body.Text("vendorRunId")}}" }""";
            (await Task.WhenAll(rig.SendEventAsync(0, body, "s"), rig.SendEventAsync(1, body, "s"))).Should().Equal(202, 202);
            await CoreRig.UntilAsync(() => rig.Gets >= i);
        }

        var counts = new List<JsonElement>();
        for (var replica = 0; replica < 2; replica++) counts.Add((await rig.ConnectionsAsync(replica)).GetProperty("connections")[0].GetProperty("vendorEvents"));
        counts.Sum(one => one.GetProperty("verified").GetInt32()).Should().Be(40);
        counts.Sum(one => one.GetProperty("duplicate").GetInt32()).Should().Be(20);
        await CoreRig.PauseAsync(500);
        rig.Gets.Should().Be(20, "each event is one read, whichever replica it came to");
    }

    [Fact]
    public async Task Three_replicas_that_were_given_different_files_say_so_each()
    {
        await using var rig = await ReplicaRig.StartAsync(3, "");
        await EachAsync(agree: true, "ready", 1);

        for (var replica = 0; replica < 3; replica++) await File.WriteAllTextAsync(rig.ConfigPath(replica), replica == 2 ? "{ broken" : rig.Configuration($"version {replica}"));

        // The third serves what it served, the others each their own.
        await EachAsync(agree: false, "degraded", 3);
        for (var replica = 0; replica < 3; replica++)
        {
            var asked = replica;
            // Each also knows whose file is refused, beside whom.
            await UntilAsync(async () => (await rig.ConnectionsAsync(asked)).GetProperty("replicas").EnumerateArray().Count(one => one.GetProperty("refusedSince").ValueKind == JsonValueKind.String) == 1);
        }

        for (var replica = 0; replica < 3; replica++) await File.WriteAllTextAsync(rig.ConfigPath(replica), rig.Configuration("version 4"));
        await EachAsync(agree: true, "ready", 1);

        async Task EachAsync(bool agree, string health, int revisions)
        {
            for (var replica = 0; replica < 3; replica++)
            {
                var asked = replica;
                await UntilAsync(async () => await SeesAsync(asked) == (agree, health, 3, revisions, agree ? "gateway_config_replicas_disagree 0" : "gateway_config_replicas_disagree 1"));
            }
        }

        async Task<(bool Agree, string? Health, int Replicas, int Revisions, string? Metric)> SeesAsync(int replica)
        {
            var seen = await rig.ConnectionsAsync(replica);
            var replicas = seen.GetProperty("replicas").EnumerateArray().Select(one => one.Text("revision")).ToList();
            return (seen.GetProperty("configuration").GetProperty("replicasAgree").GetBoolean(), JsonElement.Parse(await rig.TextAsync(replica, "/health/ready")).Text("status"),
                replicas.Count, replicas.Distinct().Count(), (await rig.TextAsync(replica, "/metrics")).Split('\n').SingleOrDefault(line => line.StartsWith("gateway_config_replicas_disagree ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Replicas_whose_files_read_the_same_and_mean_other_accounts_do_not_agree()
    {
        await using var rig = await ReplicaRig.StartAsync(2, "");
        var place = rig.ConfigPath(9);
        var written = rig.Configuration().Replace("${sandbox:interactly}/workflows", $"${{file:{place}}}", StringComparison.Ordinal);
        foreach (var (replica, url) in new[] { (0, "http://127.0.0.1:1/one"), (1, "http://127.0.0.1:1/two") })
        {
            var before = await RevisionAsync(replica);
            await File.WriteAllTextAsync(place, url);
            await File.WriteAllTextAsync(rig.ConfigPath(replica), written);
            await UntilAsync(async () => await RevisionAsync(replica) != before);
        }

        for (var replica = 0; replica < 2; replica++)
        {
            var asked = replica;
            await UntilAsync(async () => (await rig.ConnectionsAsync(asked)) is var seen && !seen.GetProperty("configuration").GetProperty("replicasAgree").GetBoolean()
                && seen.GetProperty("replicas").EnumerateArray().Select(one => one.Text("revision")).Distinct().Count() == 1);
        }

        async Task<string?> RevisionAsync(int replica) => (await rig.ConnectionsAsync(replica)).GetProperty("configuration").Text("revision");
    }

    private static async Task UntilAsync(Func<Task<bool>> expected)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await expected()) return;
            await CoreRig.PauseAsync(50);
        }

        (await expected()).Should().BeTrue("it was waited for long enough");
    }
}
