using System.Text.Json;
using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Faults.Webhooks;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>
/// Names whose answers change between the look and the connection, for a real gateway with real lookups in a network of its own, in which every address that
/// deliveries must never reach is there and counts. <c>tests/webhooks.sh</c> does it a thousand times.
/// </summary>
public sealed class WebhookRebindingTests(ITestOutputHelper output)
{
    private static readonly int Tries = Form.Count("WFG_REBINDING_TRIES", 100);

    [Fact]
    public async Task Whatever_a_name_is_answered_with_nothing_but_a_public_address_is_connected_to()
    {
        var count = await RunAsync(null);
        count.GetProperty("tries").GetInt32().Should().Be(Tries);
        count.GetProperty("canary").GetInt32().Should().Be(0, count.ToString());
        // Otherwise it would prove only that nothing is connected to at all.
        count.GetProperty("public").GetInt32().Should().BeGreaterThan(Tries / 10, count.ToString());
        count.GetProperty("errors").GetProperty("address-forbidden").GetInt32().Should().BeGreaterThan(Tries / 4, count.ToString());
    }

    [FullFact]
    public async Task A_gateway_that_looks_the_name_up_a_second_time_is_caught() =>
        (await RunAsync("second-lookup")).GetProperty("canary").GetInt32().Should().BePositive();

    private async Task<JsonElement> RunAsync(string? mutant)
    {
        var said = await Tool.RunAsync("bash", "rebinding.sh", GatewayProcess.Binary(mutant), $"{Tries}");
        Form.Say(output, $"rebinding{(mutant is null ? "" : ", " + mutant)}: {said.Trim()}");
        return JsonElement.Parse(said);
    }
}
