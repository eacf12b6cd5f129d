using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Sandbox;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Sync;

/// <summary>Gateways that share one PostgreSQL database and one account at a vendor, in this process, on real HTTP.</summary>
internal sealed class ReplicaRig : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-replicas-").FullName;
    private readonly string _database = PostgresServer.Shared.CreateDatabase();
    private readonly List<(WebApplication App, HttpClient Client)> _replicas = [];

    private ReplicaRig(SandboxServer sandbox, string limits, string poll) => (Sandbox, Limits, Poll) = (sandbox, limits, poll);

    public SandboxServer Sandbox { get; }

    private string Limits { get; }

    private string Poll { get; }

    public int Gets => Sandbox.ReadLedger(operation: "get").Count;

    public static async Task<ReplicaRig> StartAsync(int replicas, string limits, string poll = "100ms")
    {
        var rig = new ReplicaRig(await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None), limits, poll);
        for (var i = 0; i < replicas; i++) await rig.AddAsync();
        return rig;
    }

    public async Task AddAsync()
    {
        var config = ConfigPath(_replicas.Count);
        await File.WriteAllTextAsync(config, Configuration());
        var app = await GatewayHost.BuildAsync(
            [
                "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Gateway:ReloadInterval", "20ms", "--Storage:Path", Path.Combine(_folder, "gateway.db"),
                "--Storage:Provider", "postgres", "--Storage:ConnectionString", _database, "--Sandbox:BaseUrl", new Uri(Sandbox.Juo, ".").AbsoluteUri,
            ],
            builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        _replicas.Add((app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) }));
    }

    /// <summary>Each has a file of its own.</summary>
    public string ConfigPath(int replica) => Path.Combine(_folder, $"gateway-{replica}.json");

    public string Configuration(string description = "") => $$"""
        {
          "connections": { "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "sandbox" },
            "poll": { "min": "{{Poll}}", "max": "{{Poll}}" }{{Limits}} } },
          "workflows": { "talk": { "description": "{{description}}", "routes": [ { "name": "r", "connection": "interactly", "target": { "workflowId": "{{Scenarios.Interactly.NeverEnding}}" } } ] } }
        }
        """;

    public async Task StopAsync(int replica)
    {
        await _replicas[replica].App.StopAsync();
        await _replicas[replica].App.DisposeAsync();
        _replicas[replica].Client.Dispose();
        _replicas.RemoveAt(replica);
    }

    public async Task<Reply> StartRunAsync(int replica)
    {
        using var body = new StringContent("""{ "workflow": "talk" }""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await _replicas[replica].Client.PostAsync(new Uri("/v1/runs", UriKind.Relative), body);
        return new Reply((int)answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()), Replayed: false);
    }

    /// <summary>A webhook, signed.</summary>
    public async Task<int> SendEventAsync(int replica, string body, string secret)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        content.Headers.Add("X-Interactly-Signature", Convert.ToHexString(System.Security.Cryptography.HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret), System.Text.Encoding.UTF8.GetBytes(body))));
        using var answer = await _replicas[replica].Client.PostAsync(new Uri("/v1/vendor-events/interactly", UriKind.Relative), content);
        return (int)answer.StatusCode;
    }

    public async Task<JsonElement> SendAsync(int replica, HttpMethod method, string path, object? body = null, string? prefer = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body) };
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        using var answer = await _replicas[replica].Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    public async Task<JsonElement> ConnectionsAsync(int replica) =>
        JsonElement.Parse(await _replicas[replica].Client.GetStringAsync(new Uri("/v1/connections", UriKind.Relative)));

    public async Task<string> TextAsync(int replica, string path) => await _replicas[replica].Client.GetStringAsync(new Uri(path, UriKind.Relative));

    public async Task<double> ShareAsync(int replica) =>
        (await ConnectionsAsync(replica)).GetProperty("connections")[0].GetProperty("budget").GetProperty("share").GetDouble();

    public async ValueTask DisposeAsync()
    {
        while (_replicas.Count > 0) await StopAsync(_replicas.Count - 1);
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
