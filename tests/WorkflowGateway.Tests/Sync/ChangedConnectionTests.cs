using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Tests.Sync;

/// <summary>A connection that is taken out, changed, drained or put back while the gateway serves.</summary>
public sealed class ChangedConnectionTests : IAsyncLifetime
{
    private CoreRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CoreRig.StartAsync(new CoreConfig { Without = "fortanix" });

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task A_connection_that_is_new_is_read()
    {
        (await _rig.StartRunAsync("graph")).Status.Should().Be(404);

        await _rig.ReconfigureAsync(new CoreConfig());

        (await _rig.StartRunAsync("graph")).Status.Should().Be(201);
        var reads = _rig.Received("get").Count;
        await CoreRig.UntilAsync(() => _rig.Received("get").Count > reads + 2);
    }

    [Fact]
    public async Task The_runs_of_a_connection_that_is_gone_are_stale_and_come_back_with_it()
    {
        var run = (await _rig.StartRunAsync("talk")).Id;

        await _rig.ReconfigureAsync(new CoreConfig { Without = "interactly" });
        await _rig.UntilAsync(run, seen => seen.GetProperty("observation").Text("error") == "connection-changed");
        var reads = _rig.Received("get").Count;
        (await _rig.PostAsync($"/v1/runs/{run}/pause")).Body.Text("code").Should().Be("action-unavailable");
        (await _rig.GetAsync("/v1/connections")).GetProperty("connections").EnumerateArray().Select(one => one.Text("name")).Should().Equal("fortanix", "juo");
        _rig.Received("get").Count.Should().Be(reads, "nobody calls a connection that is gone");

        await _rig.ReconfigureAsync(new CoreConfig());

        // Without waiting for the quarter of an hour in which such runs are looked at otherwise.
        await _rig.UntilAsync(run, seen => seen.GetProperty("observation").GetProperty("error").ValueKind == System.Text.Json.JsonValueKind.Null);
        (await _rig.PostAsync($"/v1/runs/{run}/pause")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_connection_that_reaches_another_account_leaves_the_runs_of_the_first_alone()
    {
        var run = (await _rig.StartRunAsync("endless")).Id;

        await _rig.ReconfigureAsync(new CoreConfig { JuoTenant = "other.myshopify.com", Without = "fortanix" });
        await _rig.UntilAsync(run, seen => seen.GetProperty("observation").Text("error") == "connection-changed");

        await _rig.ReconfigureAsync(new CoreConfig { Without = "fortanix" });
        await _rig.UntilAsync(run, seen => seen.GetProperty("observation").GetProperty("error").ValueKind == System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("\"interactly\": { \"adapter\"", "\"interactly\": { \"enabled\": false, \"adapter\"")]
    [InlineData("\"talk\": { \"routes\": [ { \"name\": \"r\",", "\"talk\": { \"routes\": [ { \"name\": \"r\", \"enabled\": false,")]
    public async Task What_is_drained_takes_no_start_and_steers_what_is_open_to_its_end(string written, string drained)
    {
        var ended = (await _rig.StartRunAsync("talk")).Id;
        await _rig.PostAsync($"/v1/runs/{ended}/stop");
        await _rig.UntilAsync(ended, "canceled");
        var runs = new[] { (await _rig.StartRunAsync("talk")).Id, (await _rig.StartRunAsync("talk")).Id };
        var config = new CoreConfig { Without = "fortanix" }.ToJson();

        await _rig.ReconfigureAsync(config.Replace(written, drained, StringComparison.Ordinal));

        var refused = await _rig.StartRunAsync("talk");
        (refused.Status, refused.Body.Text("code")).Should().Be((422, "no-route"));
        refused.Body.Text("detail").Should().Contain("not enabled");
        var reads = _rig.Received("get").Count;
        await CoreRig.UntilAsync(() => _rig.Received("get").Count > reads + 2);
        foreach (var where in (string[])["/v1/connections/interactly", "/v1/workflows/talk"])
        {
            var open = (await _rig.GetAsync(where)).GetProperty("openRuns").EnumerateArray().Single();
            (open.Text("workflow"), open.Text("connection"), open.Text("route"), open.GetProperty("open").GetInt64()).Should().Be(("talk", "interactly", "r", 2), where);
            open.GetProperty("durations").GetProperty("runs").GetInt32().Should().Be(1);
        }

        (await _rig.PostAsync($"/v1/runs/{runs[0]}/pause")).Status.Should().Be(200);
        (await _rig.PostAsync($"/v1/runs/{runs[0]}/resume")).Status.Should().Be(200);
        foreach (var run in runs)
        {
            (await _rig.PostAsync($"/v1/runs/{run}/stop")).Status.Should().BeOneOf(200, 202);
            await _rig.UntilAsync(run, "canceled");
        }

        (await _rig.GetAsync("/v1/workflows/talk")).GetProperty("openRuns").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_question_of_a_drained_connection_is_answered()
    {
        var asked = await _rig.StartRunAsync("ask");
        var interaction = asked.Body.GetProperty("interactions")[0].Text("id");

        await _rig.ReconfigureAsync(new CoreConfig { Without = "fortanix" }.ToJson().Replace("\"juo\": { \"adapter\"", "\"juo\": { \"enabled\": false, \"adapter\"", StringComparison.Ordinal));

        (await _rig.StartRunAsync("ask")).Status.Should().Be(422);
        var answered = await _rig.PostAsync($"/v1/runs/{asked.Id}/respond", new { interactionId = interaction, type = "accept" });
        (answered.Status, answered.Body.Text("status")).Should().Be((200, "succeeded"));
    }

    [Fact]
    public async Task Webhooks_of_the_configuration_come_and_go_with_it()
    {
        async Task<List<string?>> NamesAsync() => [.. (await _rig.GetAsync("/v1/webhooks")).GetProperty("webhooks").EnumerateArray().Select(one => one.Text("name"))];
        (await NamesAsync()).Should().BeEmpty();
        var secret = "whsec_" + Convert.ToBase64String(new byte[32]);

        await _rig.ReconfigureAsync(new CoreConfig { Without = "fortanix", Webhooks = $$"""{ "crm": { "url": "http://127.0.0.1:9/hook", "secret": "{{secret}}" } }""" });

        for (var i = 0; i < 600 && (await NamesAsync()).Count == 0; i++) await CoreRig.PauseAsync(50);
        (await NamesAsync()).Should().Equal("crm");
    }

    [Fact]
    public async Task A_call_that_is_under_way_when_its_connection_is_changed_is_seen_to_its_end()
    {
        _rig.Controls.Add(new Sandbox.Fault { Vendor = "interactly", Operation = "start", Kind = "delay", Seconds = 1, When = "after", Count = 1 });
        var before = _rig.Services.GetRequiredService<RunnerRegistry>().Find("interactly");
        var starting = _rig.StartRunAsync("talk");
        await CoreRig.UntilAsync(() => _rig.Received("start").Count == 1);

        await _rig.ReconfigureAsync(new CoreConfig { Without = "fortanix", StaleAfter = "6m" });

        _rig.Services.GetRequiredService<RunnerRegistry>().Find("interactly").Should().NotBeSameAs(before);
        var started = await starting;
        (started.Status, started.Body.Text("status")).Should().Be((201, "running"));
        _rig.Received("start").Should().ContainSingle();
    }
}
