using System.Net;
using System.Text.Json;

namespace WorkflowGateway.Tests.Api;

public sealed class RunTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("cancel-subscription", "juo", "waiting")]
    [InlineData("patient-intake", "interactly", "running")]
    [InlineData("train-model", "fortanix", "pending")]
    public async Task A_run_starts_at_each_vendor_and_can_be_read(string workflow, string vendor, string status)
    {
        var started = await gateway.StartAsync(workflow, workflow == "train-model" ? null : new { subscriptionId = "sub_1" });
        started.GetProperty("vendor").GetString().Should().Be(vendor);
        started.GetProperty("status").GetString().Should().Be(status);
        started.GetProperty("vendorRunId").GetString().Should().NotBeNullOrEmpty();
        var read = await gateway.ReadAsync("/v1/runs/" + Id(started));
        read.GetProperty("vendorRunId").GetString().Should().Be(started.GetProperty("vendorRunId").GetString());
    }

    [Fact]
    public async Task A_start_says_where_the_run_is_and_which_version()
    {
        using var answer = await gateway.SendAsync(HttpMethod.Post, "/v1/runs", new { workflow = "patient-intake" });
        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        var run = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        answer.Headers.Location!.ToString().Should().Be("/v1/runs/" + Id(run));
        answer.Headers.GetValues("Operation-Location").Should().Equal("/v1/runs/" + Id(run));
        answer.Headers.ETag!.Tag.Should().Be($"\"{run.GetProperty("version")}\"");
        answer.Headers.RetryAfter.Should().NotBeNull();
        answer.Headers.Age.Should().NotBeNull();
    }

    [Fact]
    public async Task Respond_async_is_answered_at_once_and_a_replay_with_the_run_as_it_is()
    {
        (string, string)[] headers = [("Prefer", "respond-async"), ("Idempotency-Key", "order-1")];
        using var first = await gateway.SendAsync(HttpMethod.Post, "/v1/runs", new { workflow = "patient-intake" }, headers);
        first.StatusCode.Should().Be(HttpStatusCode.Accepted);
        first.Headers.GetValues("Preference-Applied").Should().Equal("respond-async");
        using var second = await gateway.SendAsync(HttpMethod.Post, "/v1/runs", new { workflow = "patient-intake" }, ("Idempotency-Key", "order-1"));
        second.StatusCode.Should().Be(HttpStatusCode.Created);
        second.Headers.GetValues("Idempotent-Replayed").Should().Equal("true");
        second.Headers.Location.Should().Be(first.Headers.Location);
        await gateway.SendAsync(HttpMethod.Post, "/v1/runs", new { workflow = "train-model" }, ("Idempotency-Key", "order-1"))
            .ShouldBeProblemAsync(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task What_the_vendor_declines_is_a_run_too()
    {
        var run = await gateway.StartAsync("nothing-to-run");
        run.GetProperty("status").GetString().Should().Be("skipped");
        run.GetProperty("fallbackToDefault").GetBoolean().Should().BeTrue();
        run.GetProperty("final").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task Validate_only_shows_the_request_and_sends_nothing()
    {
        var before = gateway.Sandbox.Ledger.Count(entry => entry is { Vendor: "juo", Operation: "start" });
        using var answer = await gateway.SendAsync(HttpMethod.Post, "/v1/runs?validateOnly=true", new { workflow = "cancel-subscription", input = new { subscriptionId = "sub_7" } });
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
        body.Should().Contain("sub_7").And.NotContain("sandbox");
        gateway.Sandbox.Ledger.Count(entry => entry is { Vendor: "juo", Operation: "start" }).Should().Be(before);
    }

    [Fact]
    public async Task A_run_that_did_not_change_is_304()
    {
        var run = await gateway.StartWaitingAsync();
        var tag = $"\"{run.GetProperty("version")}\"";
        using var same = await gateway.SendAsync(HttpMethod.Get, "/v1/runs/" + Id(run), null, ("If-None-Match", tag));
        same.StatusCode.Should().Be(HttpStatusCode.NotModified);
        same.Headers.ETag!.Tag.Should().Be(tag);
        same.Headers.Age.Should().NotBeNull();
        using var other = await gateway.SendAsync(HttpMethod.Get, "/v1/runs/" + Id(run), null, ("If-None-Match", "\"0\""));
        other.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Waiting_ends_when_the_run_changes()
    {
        var run = await gateway.StartWaitingAsync();
        var waiting = gateway.SendAsync(HttpMethod.Get, "/v1/runs/" + Id(run), null, ("If-None-Match", $"\"{run.GetProperty("version")}\""), ("Prefer", "wait=30"));
        using var stop = await gateway.SendAsync(HttpMethod.Post, $"/v1/runs/{Id(run)}/respond", Answer(run));
        using var changed = await waiting;
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        changed.Headers.GetValues("Preference-Applied").Should().Equal("wait=30");
    }

    [Fact]
    public async Task A_wait_that_sees_nothing_new_ends_with_304()
    {
        var run = await gateway.StartWaitingAsync();
        using var answer = await gateway.SendAsync(HttpMethod.Get, "/v1/runs/" + Id(run), null, ("If-None-Match", $"\"{run.GetProperty("version")}\""), ("Prefer", "wait=1"));
        answer.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task No_cache_reads_the_vendor_now()
    {
        var run = await gateway.StartWaitingAsync();
        var vendorRun = run.GetProperty("vendorRunId").GetString();
        using var answer = await gateway.SendAsync(HttpMethod.Get, "/v1/runs/" + Id(run), null, ("Cache-Control", "no-cache"));
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        gateway.Sandbox.Ledger.Should().Contain(entry => entry.Operation == "get" && entry.Target.Contains(vendorRun!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Native_and_input_come_when_asked_for()
    {
        var run = await gateway.StartWaitingAsync();
        var plain = await gateway.ReadAsync("/v1/runs/" + Id(run));
        plain.TryGetProperty("native", out _).Should().BeFalse();
        var full = await gateway.ReadAsync($"/v1/runs/{Id(run)}?include=native,input");
        full.TryGetProperty("native", out _).Should().BeTrue();
        full.TryGetProperty("input", out _).Should().BeTrue();
        await gateway.SendAsync(HttpMethod.Get, $"/v1/runs/{Id(run)}?include=natve").ShouldBeProblemAsync(400, "validation-failed");
    }

    [Fact]
    public async Task A_runs_history_is_cloud_events()
    {
        var run = await gateway.StartWaitingAsync();
        var page = await gateway.ReadAsync($"/v1/runs/{Id(run)}/events");
        var last = page.GetProperty("events").EnumerateArray().Last();
        last.GetProperty("specversion").GetString().Should().Be("1.0");
        last.GetProperty("type").GetString().Should().Be("run.changed");
        last.GetProperty("subject").GetString().Should().Be(Id(run));
        last.GetProperty("data").GetProperty("run").GetProperty("status").GetString().Should().Be("waiting");
        page.GetProperty("next").GetString().Should().Be(last.GetProperty("id").GetString());
        var rest = await gateway.ReadAsync($"/v1/runs/{Id(run)}/events?after={page.GetProperty("next").GetString()}");
        rest.GetProperty("events").GetArrayLength().Should().Be(0);
        rest.GetProperty("next").GetString().Should().Be(page.GetProperty("next").GetString());
    }

    private static string Id(JsonElement run) => run.GetProperty("id").GetString()!;

    private static object Answer(JsonElement run) => new { interactionId = run.GetProperty("interactions")[0].GetProperty("id").GetString(), type = "accept" };
}
