using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>A gateway with keys in which something of everything has happened, and then thousands of odd requests.</summary>
public sealed class BusyGateway : IAsyncLifetime
{
    internal const string Key = "wfg_prometheus_canary-4f1c-key";

    private readonly List<Task> _watching = [];
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TelemetryRig? _rig;

    internal TelemetryRig Rig => _rig!;

    public async Task InitializeAsync()
    {
        _rig = await TelemetryRig.StartAsync(
            null, "--Access:Mode", "keys", "--Access:Keys:0:Id", "prometheus", "--Access:Keys:0:Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))), "--Access:Keys:0:Role", "operator", "--Access:Keys:0:Tenant", "*",
            // On a fast machine some would be refused as too many, on a slow one none.
            "--Access:Limits:Key:Rate", "0", "--Access:Limits:Tenant:Rate", "0", "--Access:Limits:Failures:Rate", "0");
        _rig.Client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        foreach (var workflow in new[] { "ask", "intake", "train", "fails", "falls" }) await _rig.StartRunAsync(workflow);
        _watching.Add(WatchAsync());
        var run = await _rig.StartRunAsync("intake");
        using var stopped = await _rig.SendAsync(HttpMethod.Post, $"/v1/runs/{run.GetProperty("id").GetString()}/stop");
        await OddAsync();
    }

    public async Task DisposeAsync()
    {
        _end.SetResult();
        await Task.WhenAll(_watching);
        if (_rig is not null) await _rig.DisposeAsync();
    }

    /// <summary>What anybody can make up, in paths, methods, ids and words.</summary>
    internal async Task OddAsync(int times = 400)
    {
        for (var i = 0; i < times; i++)
        {
            var odd = string.Create(CultureInfo.InvariantCulture, $"odd-{i}");
            using var one = await _rig!.SendAsync(HttpMethod.Get, $"/{odd}/{i}?{odd}={i}");
            using var two = await _rig.SendAsync(HttpMethod.Get, $"/v1/runs/run_{i:x32}");
            using var three = await _rig.SendAsync(new HttpMethod($"M{i}"), $"/v1/runs");
            using var four = await _rig.SendAsync(HttpMethod.Post, "/v1/runs", new { workflow = odd, connection = odd, labels = new Dictionary<string, string> { [odd] = odd } }, ("User-Agent", odd), ("Idempotency-Key", odd));
            using var five = await _rig.SendAsync(HttpMethod.Post, $"/v1/vendor-events/{odd}");
            using var six = await _rig.SendAsync(HttpMethod.Get, $"/v1/runs?status={odd}&connection={odd}", null, ("Authorization", $"Bearer wfg_{odd}_{odd}"));
        }
    }

    private async Task WatchAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events?after=0");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        using var answer = await _rig!.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await _end.Task;
    }
}
