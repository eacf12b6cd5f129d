using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Api;

/// <summary>An operator's verdict that is refused leaves a run as it was.</summary>
public sealed class RefusedResolveTests
{
    [Fact]
    public async Task What_is_refused_has_changed_nothing_and_a_bound_run_stays_bound()
    {
        await using var rig = await CoreRig.StartAsync();
        var (run, other) = (await rig.StartRunAsync("talk"), await rig.StartRunAsync("talk"));
        var theirs = other.Body.Text("vendorRunId")!;
        rig.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "status", Status = 500 });
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        await rig.UntilAsync(run.Id, now => now.GetProperty("observation").GetProperty("stale").GetBoolean());
        var before = await rig.HistoryAsync(run.Id);

        (object Verdict, int Status, string Code)[] refused =
        [
            (new { bind = theirs }, 409, "action-unavailable"),
            (new { bind = new string('a', 24) }, 409, "action-unavailable"),
            (new { bind = "no-id" }, 409, "action-unavailable"),
            (new { notStarted = "Nobody saw it." }, 409, "action-unavailable"),
            // The vendor does not answer sensibly now.
            (new { bind = run.Body.Text("vendorRunId") }, 503, "vendor-unavailable"),
        ];
        foreach (var ((verdict, status, code), i) in refused.Select((one, i) => (one, i)))
        {
            var answer = await rig.PostAsync($"/v1/runs/{run.Id}/resolve", verdict, key: $"verdict-{i}");
            (answer.Status, answer.Body.Text("code")).Should().Be((status, code), JsonSerializer.Serialize(verdict));
        }

        var after = await rig.RunAsync(run.Id);
        (after.Text("status"), after.Text("vendorRunId"), after.GetProperty("version").GetInt64()).Should().Be(("running", run.Body.Text("vendorRunId"), before.Count));
        (await rig.HistoryAsync(run.Id)).Should().HaveCount(before.Count);
        rig.Query<long>("SELECT COUNT(*) FROM commands").Should().Be(0);
        // What may be done is done in two steps: its history says that it was unknown first.
        (await rig.PostAsync($"/v1/runs/{run.Id}/resolve", new { abandon = "Nobody needs it." })).Body.Text("status").Should().Be("abandoned");
        (await rig.HistoryAsync(run.Id)).Skip(before.Count).Select(change => change.GetProperty("run").Text("status")).Should().Equal("unknown", "abandoned");
    }

    [Fact]
    public async Task A_run_whose_status_nobody_knows_stays_with_the_vendors_run_that_it_has()
    {
        await using var rig = await CoreRig.StartAsync();
        // Fortanix echoes no mark, and its second run is bound to nobody: nothing else stands in the way.
        rig.Controls.Add(new Fault { Vendor = "fortanix", Operation = "start", Kind = "duplicate", Count = 1 });
        var run = await rig.StartRunAsync("graph");
        var other = rig.Received("start")[^1].DuplicateRunId;
        other.Should().NotBeNull();
        rig.Controls.SetStatus("fortanix", run.Body.Text("vendorRunId")!, "UNKNOWN");
        var unknown = await rig.UntilAsync(run.Id, "unknown");

        var answer = await rig.PostAsync($"/v1/runs/{run.Id}/resolve", new { bind = other });

        (answer.Status, answer.Body.Text("code")).Should().Be((409, "action-unavailable"));
        answer.Body.Text("detail").Should().Contain("stays so");
        var after = await rig.RunAsync(run.Id);
        (after.Text("vendorRunId"), after.GetProperty("version").GetInt64()).Should().Be((run.Body.Text("vendorRunId"), unknown.GetProperty("version").GetInt64()));
    }
}
