using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using WorkflowGateway.Telemetry;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>What a collector may do to the end of a gateway, and what is not told to it.</summary>
public sealed class OtlpStopTests
{
    [Fact]
    public async Task A_collector_that_takes_everything_and_never_answers_is_given_up()
    {
        await using var collector = await Collector.StartAsync(answers: false);
        // What sends would wait for an hour.
        await using var rig = await TelemetryRig.StartAsync(
            logging => logging.Services.AddSingleton(new OtlpSettings(true, true, true) { Patience = TimeSpan.FromMilliseconds(500) }),
            "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Http, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "--OTEL_EXPORTER_OTLP_TIMEOUT", "3600000");
        (await rig.StartRunAsync("ask")).GetProperty("status").GetString().Should().Be("waiting");
        var last = rig.Services.GetServices<IHostedService>().OfType<TelemetryService>().Single();

        await last.StopAsync(default).WaitAsync(TimeSpan.FromMinutes(2));

        // Only the first who ends it is told that it did: the container has nothing left to wait for.
        rig.Services.GetRequiredService<LoggerProvider>().Shutdown(0).Should().BeFalse("the log's share ends with the others', not after them");
        await rig.StopAsync().WaitAsync(TimeSpan.FromMinutes(2));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (collector.All.Select(sent => sent.Signal).Distinct().Count() < 3) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        collector.Answers.Should().BeFalse();
    }

    [Fact]
    public async Task Probes_and_scrapes_are_not_traced()
    {
        await using var collector = await Collector.StartAsync();
        await using var rig = await TelemetryRig.StartAsync(null, "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Http, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        foreach (var path in new[] { "/health/live", "/health/ready", "/metrics", "/v1/workflows" })
        {
            using var answer = await rig.SendAsync(HttpMethod.Get, path);
            ((int)answer.StatusCode).Should().Be(200);
        }

        await rig.StopAsync();

        collector.Spans.Where(span => span.TraceId == rig.Trace && span.Kind == 2).Select(span => span.Name).Should().Equal("GET /v1/workflows");
    }
}
