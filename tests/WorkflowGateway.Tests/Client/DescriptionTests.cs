using System.Net;
using System.Reflection;
using System.Text.Json;
using WorkflowGateway.Client;

namespace WorkflowGateway.Tests.Client;

public sealed class DescriptionTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task The_status_words_are_those_of_the_description()
    {
        var described = (await gateway.ReadAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas")
            .GetProperty("Run").GetProperty("properties").GetProperty("status").GetProperty("x-extensible-enum");
        typeof(RunStatuses).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string?)field.GetRawConstantValue())
            .Should().BeEquivalentTo(described.EnumerateArray().Select(word => word.GetString()));
    }

    [Fact]
    public async Task Words_and_members_of_a_later_gateway_do_no_harm()
    {
        var later = LossyHandler.Instead(HttpStatusCode.OK, body: """{"id":"run_1","status":"frozen","final":false,"version":3,"mood":{"is":"good"}}""");
        using var network = new LossyHandler(later);
        var run = await new GatewayClient(new HttpClient(network) { BaseAddress = gateway.Client.BaseAddress }).GetAsync("run_1");
        (run.Status, run.Version, run.Interactions.Count).Should().Be(("frozen", 3, 0));
    }

    [Fact]
    public async Task Every_member_that_the_gateway_writes_has_a_place()
    {
        var strict = new JsonSerializerOptions { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
        var run = await gateway.StartWaitingAsync();
        var path = "/v1/runs/" + run.GetProperty("id").GetString();
        (await gateway.ReadAsync(path + "?include=native,input")).Deserialize<Run>(strict)!.Status.Should().Be(RunStatuses.Waiting);
        var last = (await gateway.ReadAsync(path + "/events")).GetProperty("events").EnumerateArray().Last().Deserialize<RunEvent>(strict)!;
        last.Data.Deserialize<RunChange>(strict)!.Cause.Should().NotBeNullOrEmpty();
    }
}
