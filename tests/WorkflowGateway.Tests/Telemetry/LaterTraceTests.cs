using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>What is done for a run when its start is long over.</summary>
public sealed class LaterTraceTests
{
    [Fact]
    public async Task A_webhook_s_delivery_leads_to_the_start_and_its_receiver_is_told_nothing_of_it()
    {
        await using var collector = await Collector.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var headers = new List<string>();
        receiver.Answer = (_, http) =>
        {
            lock (headers) headers.AddRange(http.Request.Headers.Keys);
            return Task.CompletedTask;
        };
        await using var rig = await TelemetryRig.StartAsync(
            null, "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Http, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "--Security:MasterKey", Convert.ToBase64String(new byte[32]));
        using var made = await rig.SendAsync(HttpMethod.Post, "/v1/webhooks", new { url = receiver.Url }, ("baggage", "who=1"));
        ((int)made.StatusCode).Should().Be(201, await made.Content.ReadAsStringAsync());
        var run = await rig.StartRunAsync("ask");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (receiver.All.All(one => one.Status != "waiting")) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        await rig.StopAsync();

        var server = collector.Spans.Single(span => span.TraceId == rig.Trace && span.Name == "POST /v1/runs");
        var deliveries = collector.Spans.Where(span => span.Name == "webhook deliver" && span.Tags.GetValueOrDefault("gateway.run_id") == run.GetProperty("id").GetString()).ToList();
        deliveries.Should().HaveCountGreaterThan(1).And.OnlyContain(span => span.Kind == 4 && span.TraceId != rig.Trace && span.Links.Single().Equals(ValueTuple.Create(rig.Trace, server.Id)));
        headers.Should().Contain("webhook-id").And.NotContain(name => name.StartsWith("trace", StringComparison.OrdinalIgnoreCase) || name.Equals("baggage", StringComparison.OrdinalIgnoreCase));
        collector.Saw("not-for-logs").Should().BeFalse("a receiver's address may have a secret in it");
        collector.Metrics.Select(metric => metric.Name).Should().Contain("gateway.webhook.delivery.duration");
    }
}
