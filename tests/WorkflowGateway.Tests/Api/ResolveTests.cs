using System.Net;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Api;

public sealed class ResolveTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task A_run_is_settled_once_with_one_key()
    {
        var path = await StartUnknownAsync();
        var verdict = new { notStarted = "The vendor's log shows no such request." };
        using var first = await gateway.SendAsync(HttpMethod.Post, path, verdict, ("Idempotency-Key", "resolve-1"));
        first.StatusCode.Should().Be(HttpStatusCode.OK, await first.Content.ReadAsStringAsync());
        first.Headers.Contains("Idempotent-Replayed").Should().BeFalse();
        using var second = await gateway.SendAsync(HttpMethod.Post, path, verdict, ("Idempotency-Key", "resolve-1"));
        second.StatusCode.Should().Be(HttpStatusCode.OK);
        second.Headers.GetValues("Idempotent-Replayed").Should().Equal("true");
        (await second.Content.ReadAsStringAsync()).Should().Contain("\"failed\"");
        await gateway.SendAsync(HttpMethod.Post, path, new { abandon = "Enough." }, ("Idempotency-Key", "resolve-1")).ShouldBeProblemAsync(422, "idempotency-key-reused");
    }

    // Juo lists no runs and echoes nothing: only an operator can say what became of this start.
    private async Task<string> StartUnknownAsync()
    {
        gateway.Sandbox.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "reset", When = "after", Count = 1 });
        using var answer = await gateway.SendAsync(HttpMethod.Post, "/v1/runs", new { workflow = "cancel-subscription", input = new { subscriptionId = "sub_1" } });
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted, body);
        var run = JsonElement.Parse(body);
        run.GetProperty("status").GetString().Should().Be("unknown");
        return $"/v1/runs/{run.GetProperty("id").GetString()}/resolve";
    }
}
