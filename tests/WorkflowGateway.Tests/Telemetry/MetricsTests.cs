using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using WorkflowGateway.Telemetry;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>What /metrics shows is what is documented, and no caller can make more of it.</summary>
public sealed partial class MetricsTests(BusyGateway gateway) : IClassFixture<BusyGateway>
{
    /// <summary>What has not happened in these tests.</summary>
    private static readonly string[] Unseen =
    [
        "gateway_webhook_delivery_duration_seconds", "gateway_orphans", "kestrel_rejected_connections_total",
    ];

    [Fact]
    public void The_documented_metrics_are_those_that_there_are()
    {
        var views = gateway.Rig.Services.GetRequiredService<MetricViews>();
        var there = new Dictionary<string, string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name is not (GatewayMeter.MeterName or "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel" or "System.Runtime")) return;
            if (ReferenceEquals(views.ViewOf(instrument), MetricStreamConfiguration.Drop)) return;
            var kind = instrument.GetType().Name.Split('`')[0];
            var type = kind is "Counter" or "ObservableCounter" ? "counter" : kind == "Histogram" ? "histogram" : "gauge";
            there[PrometheusText.NameOf(instrument.Name, instrument.Unit, type == "counter")] = type;
        };
        listener.Start();
        there.Should().BeEquivalentTo(Documented.Metrics.ToDictionary(one => one.Key, one => one.Value.Type));
    }

    [Fact]
    public async Task Every_metric_that_is_shown_has_the_type_and_the_labels_that_are_documented()
    {
        var shown = new Exposition(await gateway.Rig.MetricsAsync());
        shown.Types.Should().BeSubsetOf(Documented.Metrics.ToDictionary(one => one.Key, one => one.Value.Type));
        shown.Helps.Keys.Should().BeEquivalentTo(shown.Types.Keys);
        foreach (var (metric, labels) in shown.Labels()) labels.Should().BeEquivalentTo(Documented.Metrics[metric].Labels, metric);
        Documented.Metrics.Keys.Except(shown.Labels().Keys).Should().BeSubsetOf(Unseen);
    }

    [Fact]
    public async Task Thousands_of_odd_requests_make_no_series_of_their_own()
    {
        var before = Series(await gateway.Rig.MetricsAsync());
        await gateway.OddAsync();
        var after = Series(await gateway.Rig.MetricsAsync());
        after.Where(line => line.StartsWith("http_", StringComparison.Ordinal) || line.StartsWith("gateway_problems", StringComparison.Ordinal)).Should().BeSubsetOf(before);
        after.Where(line => !line.StartsWith("gateway_info", StringComparison.Ordinal) && Odd().IsMatch(line)).Should().BeEmpty();
        after.Should().HaveCountLessThan(1200);
        after.Should().Contain(line => line.Contains("http_request_method=\"_OTHER\"", StringComparison.Ordinal)).And.Contain("gateway_problems_total{code=\"unauthenticated\"}");
    }

    [Fact]
    public async Task Probes_and_scrapes_are_not_counted_as_requests()
    {
        foreach (var path in new[] { "/health/live", "/health/ready", "/metrics", "/v1/workflows" })
        {
            using var answer = await gateway.Rig.SendAsync(HttpMethod.Get, path);
            ((int)answer.StatusCode).Should().Be(200);
        }

        // A request is counted once it has ended, which may be after its answer was read.
        HashSet<string> routes;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(routes = Routes(await gateway.Rig.MetricsAsync())).Contains("/v1/workflows")) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        routes.Should().NotContain(route => route.StartsWith("/health", StringComparison.Ordinal) || route.StartsWith("/metrics", StringComparison.Ordinal));

        static HashSet<string> Routes(string page) => [.. new Exposition(page).Samples.Where(one => one.Name == "http_server_request_duration_seconds_count").Select(one => one.Labels.GetValueOrDefault("http_route", ""))];
    }

    [Fact]
    public async Task Promtool_has_nothing_to_say_of_the_page()
    {
        (await Tool.RunAsync("promtool", ["check", "metrics"], await gateway.Rig.MetricsAsync())).Should().Be((0, ""));
    }

    [Fact]
    public void Every_expression_of_the_rules_and_of_the_dashboard_names_metrics_and_labels_that_there_are()
    {
        Documented.AlertQueries.Should().HaveCountGreaterThan(10);
        Documented.DashboardQueries.Should().HaveCountGreaterThan(30);
        foreach (var query in Documented.AlertQueries.Concat(Documented.DashboardQueries)) Documented.UnknownIn(query).Should().BeEmpty(query);
        // What is measured is to be seen somewhere.
        var used = string.Join('\n', Documented.AlertQueries.Concat(Documented.DashboardQueries));
        Documented.Metrics.Keys.Where(metric => !Regex.IsMatch(used, $@"\b{metric}(_bucket|_sum|_count)?\b"))
            .Should().BeEquivalentTo("gateway_info", "gateway_keys", "gateway_vendor_rate", "gateway_config_reload_failures_total", "http_server_active_requests", "dotnet_gc_collections_total");
    }

    [Fact]
    public async Task Every_alert_fires_once_and_keeps_quiet_once()
    {
        var folder = Directory.CreateTempSubdirectory("wfg-rules-").FullName;
        File.Copy(Tool.ConfigFile("alerts.yaml"), Path.Combine(folder, "alerts.yaml"));
        var tests = await File.ReadAllTextAsync(Path.Combine(Tool.Root, "tests", "WorkflowGateway.Tests", "Telemetry", "alerts.test.yaml"));
        await File.WriteAllTextAsync(Path.Combine(folder, "alerts.test.yaml"), tests);
        foreach (var rule in Documented.AlertRules)
        {
            tests.Should().MatchRegex($"alertname: {rule}, exp_alerts: \\[ {{", rule).And.MatchRegex($"alertname: {rule}, exp_alerts: \\[\\]", rule);
        }

        var (checkedRules, said) = await Tool.RunAsync("promtool", ["check", "rules", "alerts.yaml"], "", folder);
        (checkedRules, said.Contains($"{Documented.AlertRules.Count} rules found", StringComparison.Ordinal)).Should().Be((0, true), said);
        var (tested, told) = await Tool.RunAsync("promtool", ["test", "rules", "alerts.test.yaml"], "", folder);
        tested.Should().Be(0, told);
        Directory.Delete(folder, recursive: true);
    }

    private static HashSet<string> Series(string page) => [.. new Exposition(page).Samples.Select(one => one.Line[..one.Line.LastIndexOf(' ')])];

    [GeneratedRegex("odd|run_[0-9a-f]{8}|[0-9a-f]{16}|\"M[0-9]|canary|wfg_")]
    private static partial Regex Odd();
}
