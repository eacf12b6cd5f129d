using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>One trace from the caller to the vendor, as a collector receives it.</summary>
// Who listens to spans does so for the whole process, and makes others be recorded: one after the other.
[Collection("spans")]
public sealed class TraceTests
{
    [Fact]
    public async Task A_start_is_one_trace_from_the_caller_to_the_vendor_and_later_reads_lead_to_it()
    {
        await using var collector = await Collector.StartAsync();
        await using var rig = await TelemetryRig.StartAsync(null, "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Http, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        var trace = rig.Trace;
        var run = await rig.StartRunAsync("intake", ("traceparent", $"00-{trace}-{TelemetryRig.CallerSpan}-01"), ("tracestate", "caller=1"), ("baggage", $"who={TelemetryRig.Canary}-baggage"));
        var id = run.GetProperty("id").GetString()!;
        await UntilAsync(() => rig.Sandbox.Ledger.Any(entry => entry.Operation == "get"));
        await rig.StopAsync();

        var spans = collector.Spans.Where(span => span.TraceId == trace).ToList();
        var server = spans.Single(span => span.Kind == 2);
        server.Parent.Should().Be(TelemetryRig.CallerSpan);
        server.State.Should().Be("caller=1");
        server.Name.Should().Be("POST /v1/runs");
        server.Tags.Should().Contain(new Dictionary<string, string>
        {
            ["http.request.method"] = "POST",
            ["http.route"] = "/v1/runs",
            ["url.path"] = "/v1/runs",
            ["url.scheme"] = "http",
            ["http.response.status_code"] = "201",
            ["server.address"] = "127.0.0.1",
        });
        server.Failed.Should().BeFalse();
        var dispatch = spans.Single(span => span.Name == "start dispatch");
        dispatch.Parent.Should().Be(server.Id);
        dispatch.Tags["gateway.run_id"].Should().Be(id);
        var vendor = spans.Single(span => span.Name == "vendor start");
        vendor.Parent.Should().Be(dispatch.Id);
        vendor.Tags.Should().Contain(new Dictionary<string, string> { ["gateway.connection"] = "interactly", ["gateway.vendor"] = "interactly", ["gateway.operation"] = "start", ["gateway.outcome"] = "ok" });
        var call = spans.Single(span => span.Kind == 3);
        (call.Parent, call.Name, call.Scope).Should().Be((vendor.Id, "POST", "WorkflowGateway.Vendors"));
        call.Tags["http.response.status_code"].Should().Be("200");
        call.Tags["url.full"].Should().StartWith("http://127.0.0.1:").And.NotContain("?");
        spans.Where(span => span.Name == "ledger commit").Select(span => span.Parent).Should().Equal(server.Id, dispatch.Id);

        var poll = collector.Spans.First(span => span.Name == "run poll" && span.Tags["gateway.run_id"] == id);
        (poll.TraceId, poll.Parent).Should().Match<(string TraceId, string Parent)>(one => one.TraceId != trace && one.Parent.Length == 0);
        poll.Links.Should().Equal((trace, server.Id));
        var read = collector.Spans.First(span => span.Name == "vendor get" && span.TraceId == poll.TraceId);
        collector.Spans.Should().Contain(span => span.Kind == 3 && span.Parent == read.Id && span.Name == "GET");

        server.Resource.Should().Contain("service.name", "workflow-gateway").And.ContainKeys("service.version", "service.instance.id");
        collector.Metrics.Select(metric => metric.Name).Should().Contain(["http.server.request.duration", "gateway.starts", "gateway.vendor.call.duration", "gateway.runs.open"]);
        collector.Metrics.Should().OnlyContain(metric => metric.Scope == "WorkflowGateway" || metric.Scope.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || metric.Scope == "System.Runtime");
        collector.Saw(TelemetryRig.Canary).Should().BeFalse("no credential, no input, no query and no baggage is told");
        collector.Saw(id).Should().BeTrue();
    }

    [Fact]
    public async Task A_vendor_gets_the_trace_only_where_its_connection_says_so_and_baggage_never()
    {
        await using var rig = await TelemetryRig.StartAsync(null);
        var trace = rig.Trace;
        (string, string)[] headers = [("traceparent", $"00-{trace}-{TelemetryRig.CallerSpan}-01"), ("tracestate", "caller=1"), ("baggage", "who=1"), ("Correlation-Context", "who=1"), ("Request-Id", "|1.")];
        foreach (var workflow in new[] { "ask", "ask-traced", "intake", "train" }) (await rig.StartRunAsync(workflow, headers)).GetProperty("vendorRunId").GetString().Should().NotBeNull();
        var starts = rig.Sandbox.Ledger.Where(entry => entry.Operation == "start").ToList();
        starts.Should().HaveCount(4);
        foreach (var entry in rig.Sandbox.Ledger.Where(entry => entry.Vendor != "control"))
        {
            var traced = entry.HeaderValues?.GetValueOrDefault("X-Tenant-ID") == "traced.myshopify.com";
            entry.Headers.Should().NotContain(name => IsTrace(name) && (!traced || !name.StartsWith("trace", StringComparison.OrdinalIgnoreCase)));
        }

        var told = starts.Single(entry => entry.HeaderValues?.ContainsKey("traceparent") == true);
        told.HeaderValues!["traceparent"].Should().MatchRegex($"^00-{trace}-[0-9a-f]{{16}}-01$").And.NotContain(TelemetryRig.CallerSpan);
        told.Headers.Should().Contain(name => name.Equals("tracestate", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_trace_is_kept_with_the_run_and_stands_in_every_problem()
    {
        await using var rig = await TelemetryRig.StartAsync(null);
        var trace = rig.Trace;
        var run = await rig.StartRunAsync("ask");
        (await RunAsync(rig, run.GetProperty("id").GetString()!)).Trace.Should().MatchRegex($"^00-{trace}-[0-9a-f]{{16}}-01$");
        foreach (var path in new[] { "/nowhere", "/v1/runs/run_1", "/v1/runs?status=nonsense" })
        {
            using var answer = await rig.SendAsync(HttpMethod.Get, path);
            (await answer.Content.ReadAsStringAsync()).Should().Contain($"\"traceId\":\"{trace}\"");
        }

        // Nothing else is kept of what is no trace.
        var other = await rig.StartRunAsync("ask", ("traceparent", "00-nonsense-01"));
        (await RunAsync(rig, other.GetProperty("id").GetString()!)).Trace.Should().MatchRegex("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$").And.NotContain("nonsense");
    }

    [Fact]
    public async Task Sampling_is_by_the_usual_settings_and_the_caller_decides()
    {
        await using var collector = await Collector.StartAsync();
        string trace;
        await using (var rig = await TelemetryRig.StartAsync(null,
            "--OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.Http + "/v1/traces", "--OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf",
            "--OTEL_TRACES_SAMPLER", "parentbased_always_off"))
        {
            trace = rig.Trace;
            await rig.StartRunAsync("ask-traced", ("traceparent", $"00-{new string('1', 32)}-{TelemetryRig.CallerSpan}-00"));
            await rig.StartRunAsync("ask-traced", ("accept", "*/*"));
            await rig.StartRunAsync("ask-traced");
            rig.Sandbox.Ledger.Where(entry => entry.Operation == "start").Select(entry => entry.HeaderValues!["traceparent"][^2..]).Should().Equal("00", "00", "01");
        }

        // The vendor is of this process too.
        collector.Spans.Where(span => span.Name == "POST /v1/runs" && span.TraceId == trace).Should().ContainSingle();
        collector.Spans.Should().NotContain(span => span.TraceId == new string('1', 32));
        collector.All.Should().OnlyContain(sent => sent.Signal == "traces");
    }

    [Fact]
    public async Task Everything_arrives_by_gRPC_too_and_logs_with_it()
    {
        await using var collector = await Collector.StartAsync();
        string trace;
        await using (var rig = await TelemetryRig.StartAsync(_ => { }, "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Grpc, "--OTEL_SERVICE_NAME", "of-the-house", "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft.AspNetCore", "Trace"))
        {
            trace = rig.Trace;
            await rig.StartRunAsync("fails");
        }

        collector.All.Should().OnlyContain(sent => sent.Transport == "grpc");
        collector.All.Select(sent => sent.Signal).Distinct().Should().BeEquivalentTo("traces", "metrics", "logs");
        collector.Spans.Should().OnlyContain(span => span.Resource["service.name"] == "of-the-house");
        collector.Spans.Where(span => span.TraceId == trace && span.Name == "vendor start").Should().OnlyContain(span => span.Failed && span.Tags["gateway.outcome"] == "unavailable").And.NotBeEmpty();
        collector.Logs.Should().Contain(log => log.TraceId == trace);
        collector.Saw(TelemetryRig.Canary).Should().BeFalse();
    }

    [Fact]
    public async Task A_dead_collector_keeps_nobody_waiting()
    {
        await using var rig = await TelemetryRig.StartAsync(null, "--OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
        (await rig.StartRunAsync("ask")).GetProperty("status").GetString().Should().Be("waiting");
        await rig.StopAsync();
    }

    [Fact]
    public async Task A_collector_that_is_no_address_is_said_at_the_start()
    {
        var start = () => TelemetryRig.StartAsync(null, "--OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317");
        (await start.Should().ThrowAsync<SettingsException>()).WithMessage("OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'*");
    }

    private static bool IsTrace(string name) =>
        name.StartsWith("trace", StringComparison.OrdinalIgnoreCase) || name.Equals("baggage", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Correlation-Context", StringComparison.OrdinalIgnoreCase) || name.Equals("Request-Id", StringComparison.OrdinalIgnoreCase);

    private static async Task<RunRow> RunAsync(TelemetryRig rig, string id) =>
        (RunId.TryParse(id, out var run) ? await rig.Services.GetRequiredService<LedgerReader>().FindRunAsync(null, run) : null)!;

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!holds()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }
}
