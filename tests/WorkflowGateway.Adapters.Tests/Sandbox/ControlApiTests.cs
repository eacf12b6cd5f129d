using System.Net;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

public sealed class ControlApiTests
{
    [Fact]
    public async Task Time_can_be_held_moved_ahead_and_sped_up()
    {
        await using var rig = await SandboxRig.StartAsync();
        var held = (await rig.ControlAsync(HttpMethod.Get, "state")).Ok.GetProperty("clock").GetProperty("simulated").GetDateTimeOffset();
        var moved = (await rig.ControlAsync(HttpMethod.Post, "clock/advance", """{"seconds":90}""")).Ok;
        moved.GetProperty("simulated").GetDateTimeOffset().Should().Be(held.AddSeconds(90));

        (await rig.ControlAsync(HttpMethod.Put, "clock", """{"speed":1000,"hold":false}""")).Ok.GetProperty("held").GetBoolean().Should().BeFalse();
        await Task.Delay(TimeSpan.FromSeconds(0.3), TimeProvider.System);
        rig.Server.Controls.Clock.Simulated.Should().BeAfter(held.AddSeconds(90 + 99));
        (await rig.ControlAsync(HttpMethod.Post, "clock/advance", """{"seconds":-1}""")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Faults_are_added_listed_counted_down_and_cleared()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = (await rig.ControlAsync(HttpMethod.Post, "faults", """{"vendor":"juo","operation":"get","kind":"status","status":500,"count":2}""")).Ok.GetProperty("id").GetString();
        (await rig.JuoAsync(HttpMethod.Get, Guid.Empty.ToString())).Status.Should().Be(HttpStatusCode.InternalServerError);
        (await rig.ControlAsync(HttpMethod.Get, "faults")).Ok[0].GetProperty("count").GetInt32().Should().Be(1);
        (await rig.ControlAsync(HttpMethod.Delete, $"faults/{id}")).Status.Should().Be(HttpStatusCode.NoContent);
        (await rig.ControlAsync(HttpMethod.Delete, $"faults/{id}")).Status.Should().Be(HttpStatusCode.NotFound);
        await rig.ControlAsync(HttpMethod.Put, "faults", """{"kind":"hang"}""");
        (await rig.ControlAsync(HttpMethod.Delete, "faults")).Status.Should().Be(HttpStatusCode.NoContent);
        (await rig.ControlAsync(HttpMethod.Get, "faults")).Text.Should().Be("[]");
        (await rig.ControlAsync(HttpMethod.Post, "faults", """{"kind":"explode"}""")).Text.Should().Contain("kind must be one of");
    }

    [Fact]
    public async Task Switches_change_one_by_one()
    {
        await using var rig = await SandboxRig.StartAsync();
        await rig.ControlAsync(HttpMethod.Put, "switches", """{"fortanixListLagSeconds":7}""");
        await rig.ControlAsync(HttpMethod.Put, "switches", """{"interactlyEchoesMarker":false}""");
        rig.Server.Controls.Switches.Should().Be(new Switches { FortanixListLagSeconds = 7, InteractlyEchoesMarker = false });
        (await rig.ControlAsync(HttpMethod.Put, "switches", """{"noSuchSwitch":1}""")).Status.Should().Be(HttpStatusCode.BadRequest);
        (await rig.ControlAsync(HttpMethod.Put, "switches", """{"throttleBeforeWork":"perhaps"}""")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_run_is_told_its_word_an_interaction_and_its_end()
    {
        await using var rig = await SandboxRig.StartAsync();
        var id = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.NeverEnding))).Ok.GetProperty("runId").GetString()!;
        await rig.ControlAsync(HttpMethod.Post, $"runs/juo/{id}/status", """{"word":"Levitating"}""");
        (await StatusAsync()).Should().Be("Levitating");
        await rig.ControlAsync(HttpMethod.Post, $"runs/juo/{id}/interaction");
        (await rig.JuoAsync(HttpMethod.Get, id)).Ok.TryGetProperty("pendingInteraction", out _).Should().BeTrue();
        (await rig.ControlAsync(HttpMethod.Post, $"runs/juo/{id}/end")).Status.Should().Be(HttpStatusCode.NoContent);
        (await StatusAsync()).Should().Be("completed");
        (await rig.ControlAsync(HttpMethod.Post, $"runs/juo/{Guid.Empty}/end")).Status.Should().Be(HttpStatusCode.NotFound);
        (await rig.ControlAsync(HttpMethod.Post, $"runs/fortanix/{id}/interaction")).Status.Should().Be(HttpStatusCode.NotFound);

        async Task<string?> StatusAsync() => (await rig.JuoAsync(HttpMethod.Get, id)).Ok.GetProperty("status").GetString();
    }

    [Fact]
    public async Task The_ledger_is_read_in_parts()
    {
        await using var rig = await SandboxRig.StartAsync();
        for (var run = 0; run < 3; run++) await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Skip));
        await rig.FortanixAsync(HttpMethod.Get);
        var all = (await rig.ControlAsync(HttpMethod.Get, "ledger?vendor=juo&operation=start")).Ok;
        all.GetArrayLength().Should().Be(3);
        var after = all[1].GetProperty("seq").GetInt64();
        var rest = (await rig.ControlAsync(HttpMethod.Get, $"ledger?after={after}")).Ok;
        rest.EnumerateArray().Select(entry => entry.GetProperty("vendor").GetString()).Should().Equal("juo", "fortanix");
        (await rig.ControlAsync(HttpMethod.Get, "ledger?limit=2")).Ok.GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task The_scenarios_of_the_shipped_configuration_are_served()
    {
        await using var rig = await SandboxRig.StartAsync();
        var text = (await rig.ControlAsync(HttpMethod.Get, "scenarios")).Text;
        foreach (var id in new[] { "cancellation", "5eb7cf5a86d9755df3a6c593", "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11" }) text.Should().Contain($"\"{id}\"");
        JsonDocument.Parse(text).RootElement.EnumerateObject().Select(vendor => vendor.Name).Should().Equal("juo", "interactly", "fortanix");
    }
}
