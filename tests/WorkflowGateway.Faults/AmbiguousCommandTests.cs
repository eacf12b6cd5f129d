using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>A vendor takes a command and does not say so: the command is unknown until a read shows what came of it, and never sent again.</summary>
public sealed class AmbiguousCommandTests
{
    [Theory]
    [InlineData("interactly", "stop", "interactly-endless", "running")]
    [InlineData("interactly", "pause", "interactly-endless", "running")]
    [InlineData("interactly", "resume", "interactly-endless", "paused")]
    [InlineData("fortanix", "stop", "fortanix-endless", "running")]
    [InlineData("interactly", "respond", "interactly-asks", "waiting")]
    [InlineData("interactly", "data", "interactly-asks", "waiting")]
    [InlineData("juo", "respond", "juo-asks", "waiting")]
    public async Task A_command_that_was_accepted_but_not_confirmed_is_sent_once(string vendor, string verb, string workflow, string from)
    {
        await using var bench = await Bench.StartAsync();
        var started = await bench.StartRunAsync(workflow, "run");
        if (from == "paused") bench.Sandbox!.Controls.SetStatus(vendor, started.VendorRunId!, "paused");
        var run = await bench.StatusAsync(started.RunId!, from);
        // Interactly has no respond: its answer to a turn is data.
        var operation = (vendor, verb) == ("interactly", "respond") ? "data" : verb;
        bench.Sandbox!.Controls.Add(new Fault { Vendor = vendor, Operation = operation, Kind = "hang", When = "after", Count = 1 });
        var body = BodyOf(verb, run);

        var told = await bench.Client.CommandAsync(run.RunId!, verb, body, "command");

        told.Status.Should().Be(HttpStatusCode.Accepted, told.Body.ToString());
        // Unknown until the next read, which may come at any time now.
        await Until.HoldsAsync(() => bench.Commands() is [var only] && (only == $"{verb} unknown" || only == $"{verb} applied"), $"{verb} is unknown");
        bench.Count(operation, vendor).Should().Be(1);

        var again = await bench.Client.CommandAsync(run.RunId!, verb, body, "command");
        again.Status.Should().BeOneOf(HttpStatusCode.Accepted, HttpStatusCode.OK);
        again.Replayed.Should().BeTrue(again.Body.ToString());
        if (verb == "respond") (await bench.Client.CommandAsync(run.RunId!, verb, body, "another")).Status.Should().Be(HttpStatusCode.Conflict);
        await bench.PassAsync(vendor);
        await bench.RestartAsync();
        await bench.PassAsync(vendor);
        bench.Count(operation, vendor).Should().Be(1);
        await Until.HoldsAsync(() => bench.Commands() is [var only] && only == $"{verb} applied", $"a read shows that {verb} was carried out");
    }

    [Theory]
    [InlineData("interactly", "stop", "interactly-endless", "running")]
    [InlineData("interactly", "pause", "interactly-endless", "running")]
    [InlineData("interactly", "respond", "interactly-asks", "waiting")]
    [InlineData("juo", "respond", "juo-asks", "waiting")]
    [InlineData("fortanix", "stop", "fortanix-endless", "running")]
    public async Task A_command_that_had_no_effect_is_over_after_a_while_and_only_who_gave_it_gives_it_again(string vendor, string verb, string workflow, string from)
    {
        await using var bench = await Bench.StartAsync();
        var run = await bench.StatusAsync((await bench.StartRunAsync(workflow, "run")).RunId!, from);
        var operation = (vendor, verb) == ("interactly", "respond") ? "data" : verb;
        bench.Sandbox!.Controls.Add(new Fault { Vendor = vendor, Operation = operation, Kind = "hang", When = "before", Count = 1 });
        var body = BodyOf(verb, run);
        (await bench.Client.CommandAsync(run.RunId!, verb, body, "command")).Status.Should().Be(HttpStatusCode.Accepted);
        await Until.HoldsAsync(() => bench.Commands() is [var only] && only == $"{verb} unknown", $"{verb} is unknown");

        await Until.HoldsAsync(() => { bench.Advance(TimeSpan.FromSeconds(5)); return bench.Commands() is [var only] && only == $"{verb} refused"; }, "reads show that it had no effect");
        (await bench.Client.GetRunAsync(run.RunId!)).RunStatus.Should().Be(from);
        bench.Count(operation, vendor).Should().Be(1, "nobody asked again");

        // The same request is a new command now.
        var again = await bench.Client.CommandAsync(run.RunId!, verb, body, "command");
        (again.Status, again.Replayed).Should().Be((HttpStatusCode.OK, false), again.Body.ToString());
        bench.Count(operation, vendor).Should().Be(2);
        bench.Commands().Should().Equal($"{verb} refused", $"{verb} applied");
    }

    [Fact]
    public async Task An_answer_that_somebody_else_was_faster_with_is_refused_with_the_run_as_it_is()
    {
        await using var bench = await Bench.StartAsync();
        var run = await bench.StatusAsync((await bench.StartRunAsync("interactly-asks", "run")).RunId!, "waiting");
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "data", Kind = "hang", When = "before", Count = 1 });
        var body = BodyOf("respond", run);
        (await bench.Client.CommandAsync(run.RunId!, "respond", body, "command")).Status.Should().Be(HttpStatusCode.Accepted);

        // The next turn, without our mark.
        bench.Sandbox.Controls.SetStatus("interactly", run.VendorRunId!, "running");
        await Until.HoldsAsync(() => { bench.Advance(TimeSpan.FromSeconds(5)); return bench.Commands() is [var only] && only == "respond refused"; }, "the answer did not arrive");

        var again = await bench.Client.CommandAsync(run.RunId!, "respond", body, "command");
        (again.Status, again.Code).Should().Be((HttpStatusCode.Conflict, "interaction-not-pending"));
        again.Body.GetProperty("run").GetProperty("status").GetString().Should().Be("running");
        bench.Count("data", "interactly").Should().Be(1);
    }

    [Fact]
    public async Task Data_is_known_to_have_arrived_by_its_mark_and_by_nothing_else()
    {
        await using var bench = await Bench.StartAsync();
        var run = await bench.StatusAsync((await bench.StartRunAsync("interactly-asks", "run")).RunId!, "waiting");
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "data", Kind = "reset", When = "after", Count = 1 });
        bench.Sandbox.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "missing-field", Field = "workflow_run.workflow_run.input_output_pairs" });
        (await bench.Client.CommandAsync(run.RunId!, "data", BodyOf("data", run), "command")).Status.Should().Be(HttpStatusCode.Accepted);
        bench.Sandbox.Controls.SetStatus("interactly", run.VendorRunId!, "running");
        var reads = bench.Count("get", "interactly");
        await Until.HoldsAsync(() => { bench.Advance(TimeSpan.FromSeconds(30)); return bench.Count("get", "interactly") >= reads + 4; }, "it is read");
        bench.Commands().Should().Equal("data unknown");

        bench.Sandbox.Controls.ClearFaults();
        await Until.HoldsAsync(() => { bench.Advance(TimeSpan.FromSeconds(30)); return bench.Commands() is ["data applied"]; }, "its mark is seen");
        bench.Count("data", "interactly").Should().Be(1);
    }

    [Fact]
    public async Task A_stale_caller_is_refused_before_the_vendor_hears_of_it()
    {
        await using var bench = await Bench.StartAsync();
        var run = await bench.StartRunAsync("interactly-endless", "run");
        await bench.Client.CommandAsync(run.RunId!, "pause", new { }, "pause");

        var stale = await bench.Client.CommandAsync(run.RunId!, "stop", new { }, "stop", ifMatch: run.Version);

        (stale.Status, stale.Code).Should().Be((HttpStatusCode.PreconditionFailed, "precondition-failed"));
        bench.Count("stop", "interactly").Should().Be(0);
    }

    private static object BodyOf(string verb, Reply run) => verb switch
    {
        "stop" or "pause" or "resume" => new { },
        "data" => new { data = new { dynamicVariables = new { name = "Ada" } } },
        _ => Answer(run.Body.GetProperty("interactions")[0]),
    };

    private static object Answer(System.Text.Json.JsonElement interaction) => new
    {
        interactionId = interaction.GetProperty("id").GetString(),
        type = interaction.GetProperty("responses")[0].GetProperty("type").GetString(),
    };
}
