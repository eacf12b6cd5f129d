using System.Net;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

/// <summary>Faults seen in the answer.</summary>
public sealed class AnswerFaultTests
{
    [Theory]
    [InlineData("before", 0)]
    [InlineData("after", 1)]
    public async Task A_status_comes_with_a_raw_retry_after_and_only_as_often_as_said(string when, int runs)
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "status", Status = 503, RetryAfter = "soon", When = when, Count = 1 });
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{rig.Server.Juo}/customer/v1/workflows/start") { Content = new StringContent(Bodies.JuoStart(Scenarios.Juo.Skip)) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer x");
        request.Headers.TryAddWithoutValidation("X-Tenant-ID", "demo");
        using var faulty = await http.SendAsync(request);
        faulty.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        faulty.Headers.NonValidated["Retry-After"].ToString().Should().Be("soon");
        rig.Server.Controls.Runs("juo").Should().HaveCount(runs);
        (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Skip))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory, InlineData(true, 0), InlineData(false, 1)]
    public async Task A_throttle_that_does_not_say_when_goes_by_the_switch(bool before, int runs)
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Switches = new Switches { ThrottleBeforeWork = before };
        rig.Server.Controls.Add(new Fault { Kind = "status", Status = 429 });
        (await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart())).Status.Should().Be(HttpStatusCode.TooManyRequests);
        rig.Server.Controls.Runs("fortanix").Should().HaveCount(runs);
    }

    [Fact]
    public async Task Html_comes_with_a_200()
    {
        var reply = await FaultyStartAsync(new Fault { Kind = "html200" });
        reply.Status.Should().Be(HttpStatusCode.OK);
        reply.ContentType.Should().StartWith("text/html");
        reply.Text.Should().StartWith("<!doctype html>");
    }

    [Fact]
    public async Task A_redirect_names_its_place()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "redirect", Status = 308, Location = "http://127.0.0.1:9/canary" });
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var reply = await http.GetAsync(new Uri($"{rig.Server.Juo}/customer/v1/workflows/x"));
        ((int)reply.StatusCode).Should().Be(308);
        reply.Headers.Location.Should().Be(new Uri("http://127.0.0.1:9/canary"));
    }

    [Fact]
    public async Task A_status_word_nobody_knows_replaces_the_real_one()
    {
        (await FaultyStartAsync(new Fault { Kind = "unknown-status-word", Word = "Pondering" })).Ok.GetProperty("workflow_run").GetProperty("workflow_run").GetProperty("status").GetString().Should().Be("Pondering");
    }

    [Fact]
    public async Task A_member_goes_missing_or_changes_its_type()
    {
        (await FaultyStartAsync(new Fault { Kind = "missing-field", Field = "workflow_run._id" })).Ok.GetProperty("workflow_run").TryGetProperty("_id", out _).Should().BeFalse();
        (await FaultyStartAsync(new Fault { Kind = "wrong-type", Field = "workflow_run.workflow_run.status" })).Ok.GetProperty("workflow_run").GetProperty("workflow_run").GetProperty("status").ValueKind.Should().Be(JsonValueKind.Number);
        var replaced = new Fault { Kind = "wrong-type", Field = "workflow_run.workflow_run.input_output_pairs.0.run_input", Value = JsonDocument.Parse("[1]").RootElement };
        (await FaultyStartAsync(replaced)).Ok.GetProperty("workflow_run").GetProperty("workflow_run").GetProperty("input_output_pairs")[0].GetProperty("run_input").GetRawText().Should().Be("[1]");
    }

    [Fact]
    public async Task Another_run_id_is_answered_than_the_one_made()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "wrong-run-id" });
        var answered = (await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart())).Ok.GetProperty("run").GetProperty("run_id").GetString();
        Guid.TryParse(answered, out _).Should().BeTrue();
        rig.Server.Controls.Runs("fortanix").Single().VendorRunId.Should().NotBe(answered);
    }

    [Fact]
    public async Task A_vendor_may_make_two_runs_of_one_start()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "duplicate", Vendor = "interactly" });
        await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart());
        var entry = rig.Server.ReadLedger("interactly").Single();
        rig.Server.Controls.Runs("interactly").Select(run => run.VendorRunId).Should().BeEquivalentTo([entry.VendorRunId, entry.DuplicateRunId]);
    }

    [Fact]
    public async Task A_huge_body_and_a_bomb_have_the_size_that_was_asked_for()
    {
        (await FaultyStartAsync(new Fault { Kind = "huge-body", Bytes = 300_000 })).Text.Length.Should().Be(300_000);
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "gzip-bomb", Bytes = 10_000_000 });
        using var http = new HttpClient();
        using var reply = await http.GetAsync(new Uri($"{rig.Server.Juo}/x"));
        reply.Content.Headers.ContentEncoding.Should().Equal("gzip");
        (await reply.Content.ReadAsByteArrayAsync()).Length.Should().BeLessThan(100_000);
    }

    [Fact]
    public async Task A_delay_before_is_still_processed()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "delay", Seconds = 0.3 });
        var began = TimeProvider.System.GetTimestamp();
        await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Skip));
        TimeProvider.System.GetElapsedTime(began).TotalSeconds.Should().BeGreaterThan(0.29);
        rig.Server.Controls.Runs("juo").Should().ContainSingle();
    }

    [Fact]
    public async Task A_fault_is_only_for_its_vendor_and_operation_and_can_be_switched_off()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Vendor = "interactly", Operation = "command", Kind = "status", Status = 500 });
        var started = await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart());
        started.Status.Should().Be(HttpStatusCode.OK);
        var id = started.Json.GetProperty("workflow_run").GetProperty("_id").GetString()!;
        (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand("pause", id))).Status.Should().Be(HttpStatusCode.InternalServerError);
        rig.Server.Controls.ClearFaults();
        (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand("pause", id))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_fault_that_makes_no_sense_is_refused()
    {
        await using var rig = await SandboxRig.StartAsync();
        Fault[] wrong = [new() { Kind = "explode" }, new() { Kind = "late" }, new() { Kind = "missing-field" }, new() { Kind = "cut-json", When = "before" }, new() { Kind = "hang", Vendor = "acme" }];
        foreach (var fault in wrong) rig.Server.Controls.Invoking(controls => controls.Add(fault)).Should().Throw<ArgumentException>();
    }

    private static async Task<Reply> FaultyStartAsync(Fault fault)
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(fault);
        return await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart());
    }
}
