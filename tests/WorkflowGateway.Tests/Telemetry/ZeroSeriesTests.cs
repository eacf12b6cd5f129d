namespace WorkflowGateway.Tests.Telemetry;

/// <summary>What alerts compare over time is there from the start.</summary>
public sealed class ZeroSeriesTests
{
    [Fact]
    public async Task Before_anything_happened_each_counter_of_a_rule_says_0()
    {
        await using var rig = await TelemetryRig.StartAsync(null);

        // Labels stand in no order that anybody promised.
        var page = new Exposition(await rig.MetricsAsync()).Samples
            .Select(one => $"{one.Name}{{{string.Join(',', one.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => label.Value))}}}{one.Line[one.Line.LastIndexOf(' ')..]}").ToList();

        foreach (var (connection, vendor) in new[] { ("juo", "juo"), ("traced", "juo"), ("interactly", "interactly"), ("fortanix", "fortanix"), ("dead", "juo") })
        {
            foreach (var outcome in new[] { "started", "answered", "unknown" }) page.Should().Contain($"gateway_starts_total{{{connection},{outcome},{vendor}}} 0");
        }

        page.Where(line => line.StartsWith("gateway_start_fallbacks_total", StringComparison.Ordinal)).Should().Equal("gateway_start_fallbacks_total{dead,juo} 0");
        page.Should().Contain([
            "gateway_ledger_failures_total{read} 0", "gateway_ledger_failures_total{write} 0", "gateway_webhook_dead_letters_total{} 0",
            "gateway_vendor_events_total{interactly,forged} 0", "gateway_sse_gaps_total{} 0", "gateway_sse_cut_off_total{} 0"]);
        // No rule of another counter that this test does not know.
        var compared = Documented.AlertQueries.SelectMany(query => System.Text.RegularExpressions.Regex.Matches(query, "(?:rate|increase)\\((\\w+)").Select(found => found.Groups[1].Value)).Distinct();
        compared.Should().BeSubsetOf([
            "gateway_starts_total", "gateway_start_fallbacks_total", "gateway_ledger_failures_total", "gateway_webhook_dead_letters_total", "gateway_vendor_events_total",
            // Shares of what goes on and on.
            "gateway_ledger_commit_duration_seconds_bucket", "http_server_request_duration_seconds_count"]);
    }
}
