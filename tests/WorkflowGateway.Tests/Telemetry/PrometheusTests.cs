using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>A real Prometheus, configured as config/telemetry says, reads a running gateway.</summary>
public sealed class PrometheusTests(BusyGateway gateway) : IClassFixture<BusyGateway>
{
    [Fact]
    public async Task It_scrapes_with_its_key_and_takes_every_query_of_the_dashboard_and_every_rule()
    {
        var folder = Directory.CreateTempSubdirectory("wfg-prometheus-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "gateway.key"), BusyGateway.Key);
        File.Copy(Tool.ConfigFile("alerts.yaml"), Path.Combine(folder, "alerts.yaml"));
        var config = await File.ReadAllTextAsync(Tool.ConfigFile("prometheus.yaml"));
        var quick = config.Replace("localhost:8080", gateway.Rig.Client.BaseAddress!.Authority, StringComparison.Ordinal).Replace("15s", "1s", StringComparison.Ordinal);
        quick.Should().NotBe(config);
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yaml"), quick);
        var address = $"127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("prometheus", [$"--config.file={folder}/prometheus.yaml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address={address}", "--log.level=error"]);
        using var prometheus = Process.Start(start)!;
        using var http = new HttpClient { BaseAddress = new Uri($"http://{address}/") };
        try
        {
            var starts = await UntilAsync(http, "sum by (outcome) (gateway_starts_total)", found => found.GetArrayLength() > 1);
            starts.EnumerateArray().Select(one => one.GetProperty("metric").GetProperty("outcome").GetString()).Should().Contain(["started", "vendor-unreachable"]);
            (await QueryAsync(http, "up{job=\"workflow-gateway\"}"))[0].GetProperty("value")[1].GetString().Should().Be("1");
            // Two looks, so that there are rates.
            await UntilAsync(http, "count_over_time(gateway_replicas[1m])", found => found.GetArrayLength() > 0 && int.Parse(found[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) > 1);
            foreach (var query in Documented.DashboardQueries.Concat(Documented.AlertQueries)) await QueryAsync(http, query);
            (await QueryAsync(http, "sum(rate(http_server_request_duration_seconds_count[1m]))")).GetArrayLength().Should().Be(1);
            var rules = JsonElement.Parse(await http.GetStringAsync(new Uri("api/v1/rules", UriKind.Relative))).GetProperty("data").GetProperty("groups")[0].GetProperty("rules");
            rules.EnumerateArray().Select(rule => rule.GetProperty("name").GetString()).Should().Equal(Documented.AlertRules);
            rules.EnumerateArray().Select(rule => rule.GetProperty("health").GetString()).Should().NotContain("err");
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonElement> UntilAsync(HttpClient http, string query, Func<JsonElement, bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                if (await QueryAsync(http, query) is var found && holds(found)) return found;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet, or is not ready.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private static async Task<JsonElement> QueryAsync(HttpClient http, string query)
    {
        using var answer = await http.GetAsync(new Uri("api/v1/query?query=" + Uri.EscapeDataString(query), UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) throw new HttpRequestException(text);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, $"{query}: {text}");
        return JsonElement.Parse(text).GetProperty("data").GetProperty("result");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
