using System.Net.Http.Json;
using System.Text.Json;
using WorkflowGateway.Tests.Cli;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>The console's log in Production: a JSON object a line, and nothing else.</summary>
public sealed class JsonLogTests : IDisposable
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private readonly Binary _binary = new();

    public void Dispose() => _binary.Dispose();

    [Fact]
    public async Task Every_line_of_a_run_is_an_event_with_its_time_its_id_and_its_trace()
    {
        _binary.Write("config/gateway.json", """
            {
              "connections": { "hooked": { "adapter": "interactly", "baseUrl": "https://127.0.0.1:1/workflows", "credential": { "value": "canary-4f1c" }, "webhookSecrets": [ "canary-4f1c" ] } },
              "workflows": { "ask": { "routes": [ { "name": "one", "connection": "hooked", "target": { "workflowId": "5eb7cf5a86d9755df3a6c597" } } ] } }
            }
            """);
        await using var gateway = await _binary.ServeAsync("serve --urls http://127.0.0.1:0 --Access:Mode none --Logging:Console:LogLevel:Default Trace");
        using (var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = new Uri(gateway.Address) })
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vendor-events/hooked") { Content = JsonContent.Create(new { event_id = "1\n2" }) })
        {
            using var asked = await http.GetAsync(new Uri("/v1/runs?correlationId=canary-4f1c", UriKind.Relative));
            request.Headers.Add("traceparent", $"00-{Trace}-{TelemetryRig.CallerSpan}-00");
            using var refused = await http.SendAsync(request);
            ((int)refused.StatusCode).Should().Be(401);
        }

        (await gateway.StopAsync()).Should().Be(0);
        var text = gateway.Begun + await gateway.Out;
        text.Should().NotContain("canary-4f1c");
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        lines.Should().HaveCountGreaterThan(3).And.OnlyContain(line => line.GetProperty("Timestamp").GetDateTimeOffset().Offset == TimeSpan.Zero && line.Text("Timestamp")!.EndsWith('Z'));
        lines.Where(line => line.Text("Category")!.StartsWith("WorkflowGateway", StringComparison.Ordinal)).Should().NotBeEmpty().And.OnlyContain(line => line.GetProperty("EventId").GetInt32() != 0);
        var forged = lines.Single(line => line.Text("Category")!.EndsWith(".VendorEventIntake", StringComparison.Ordinal));
        forged.Text("LogLevel").Should().Be("Warning");
        forged.GetProperty("State").Text("Connection").Should().Be("hooked");
        forged.GetProperty("Scopes").GetRawText().Should().Contain(Trace);
        (await gateway.Error).Should().BeEmpty();
    }
}
