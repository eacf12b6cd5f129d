using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>A vendor takes a command and does not say so: the command is unknown until a read shows what came of it, and never sent again.</summary>
public sealed class AmbiguousCommandTests
{
    [Theory]
    [InlineData("interactly", "stop", "interactly-endless", "running")]
    [InlineData("interactly", "data", "interactly-asks", "waiting")]
    [InlineData("juo", "respond", "juo-asks", "waiting")]
    public async Task A_command_that_was_accepted_but_not_confirmed_is_sent_once(string vendor, string verb, string workflow, string from)
    {
        await using var bench = await Bench.StartAsync();
        var started = await bench.StartRunAsync(workflow, "run");
        var run = await bench.StatusAsync(started.RunId!, from);
        bench.Sandbox!.Controls.Add(new Fault { Vendor = vendor, Operation = verb, Kind = "hang", When = "after", Count = 1 });
        var body = BodyOf(verb, run);

        var told = await bench.Client.CommandAsync(run.RunId!, verb, body, "command");

        told.Status.Should().Be(HttpStatusCode.Accepted, told.Body.ToString());
        // Unknown until the next read, which may come at any time now.
        await Until.HoldsAsync(() => bench.Commands() is [var only] && (only == $"{verb} unknown" || only == $"{verb} applied"), $"{verb} is unknown");
        bench.Count(verb, vendor).Should().Be(1);

        var again = await bench.Client.CommandAsync(run.RunId!, verb, body, "command");
        again.Status.Should().BeOneOf(HttpStatusCode.Accepted, HttpStatusCode.OK);
        again.Replayed.Should().BeTrue(again.Body.ToString());
        if (verb == "respond") (await bench.Client.CommandAsync(run.RunId!, verb, body, "another")).Status.Should().Be(HttpStatusCode.Conflict);
        await bench.PassAsync(vendor);
        await bench.RestartAsync();
        await bench.PassAsync(vendor);
        bench.Count(verb, vendor).Should().Be(1);
        await Until.HoldsAsync(() => bench.Commands() is [var only] && only == $"{verb} applied", $"a read shows that {verb} was carried out");
    }

    private static object BodyOf(string verb, Reply run) => verb switch
    {
        "stop" => new { },
        "data" => new { data = new { dynamicVariables = new { name = "Ada" } } },
        _ => Answer(run.Body.GetProperty("interactions")[0]),
    };

    private static object Answer(System.Text.Json.JsonElement interaction) => new
    {
        interactionId = interaction.GetProperty("id").GetString(),
        type = interaction.GetProperty("responses")[0].GetProperty("type").GetString(),
    };
}
