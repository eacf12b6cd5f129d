using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Access;

/// <summary>The whole server with API keys: two tenants, each role, and one key for all tenants.</summary>
public sealed class KeyedGateway : IAsyncLifetime
{
    internal const string Config = """
        {
          "connections": {
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "value": "credential-of-the-account" } },
            "of-b": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "b.myshopify.com", "tenants": [ "b" ], "credential": { "value": "credential-of-the-account" } },
            "mine": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "from": "caller" } },
            "my-graphs": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "credential": { "from": "caller" } },
            "hooked": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "credential-of-the-account" }, "webhookSecrets": [ "whsec_1" ] }
          },
          "workflows": {
            "ask": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" } } ] },
            "ask-mine": { "routes": [ { "name": "mine", "connection": "mine", "target": { "flowType": "cancellation" } } ] },
            "train-mine": { "routes": [ { "name": "mine", "connection": "my-graphs", "target": { "graphId": "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a13", "graphVersion": "1" } } ] },
            "only-b": { "tenants": [ "b" ], "routes": [ { "name": "b", "connection": "of-b", "target": { "flowType": "cancellation" } } ] },
            "routed": { "routes": [
              { "name": "off", "connection": "juo", "target": { "flowType": "cancellation" }, "enabled": false },
              { "name": "us", "connection": "hooked", "when": { "labels.region": "us" }, "target": { "workflowId": "5eb7cf5a86d9755df3a6c597" } },
              { "name": "eu-1", "connection": "juo", "when": { "labels.region": "eu" }, "weight": 3, "fallback": [ "us", "spare" ], "target": { "flowType": "cancellation" } },
              { "name": "eu-2", "connection": "juo", "when": { "labels.region": "eu" }, "fallback": [ "us", "spare" ], "target": { "flowType": "cancellation" } },
              { "name": "rest", "connection": "juo", "target": { "flowType": "cancellation" } },
              { "name": "spare", "connection": "hooked", "weight": 0, "target": { "workflowId": "5eb7cf5a86d9755df3a6c597" } } ] },
            "tenants": { "routes": [
              { "name": "a", "connection": "juo", "when": { "tenant": "a" }, "fallback": [ "b", "bs-own" ], "target": { "flowType": "cancellation" } },
              { "name": "b", "connection": "juo", "when": { "tenant": [ "b", "c" ] }, "target": { "flowType": "cancellation" } },
              { "name": "bs-own", "connection": "of-b", "weight": 0, "target": { "flowType": "cancellation" } } ] }
          }
        }
        """;

    private static readonly (string Id, string Role, string Tenant)[] Keys =
        [("a-viewer", "viewer", "a"), ("a-caller", "caller", "a"), ("a-operator", "operator", "a"), ("b-operator", "operator", "b"), ("all", "operator", "*")];

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-keys-").FullName;
    private WebApplication? _app;

    internal Authority Authority { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public SandboxServer Sandbox => Services.GetRequiredService<SandboxHost>().Server!;

    public string LedgerFile => Path.Combine(_folder, "gateway.db");

    public HttpClient Client { get; } = new();

    public static string KeyOf(string id) => $"wfg_{id}_secret-of-{id}";

    public async Task InitializeAsync()
    {
        Authority = await Authority.StartAsync();
        var config = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(config, Config);
        List<string> args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Access:Mode", "keys",
            "--Storage:Path", LedgerFile, "--Sandbox:Path", Path.Combine(_folder, "sandbox.jsonl"),
            // Most of what is sent here is wrong.
            "--Access:Jwt:Authority", Authority.Url, "--Access:Jwt:Audience", "gateway", "--Access:Limits:Failures:Rate", "0", "--Webhooks:AllowLoopback", "true",
        ];
        foreach (var ((id, role, tenant), i) in Keys.Select((key, i) => (key, i)))
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(id))));
            args.AddRange([$"--Access:Keys:{i}:Id", id, $"--Access:Keys:{i}:Sha256", hash, $"--Access:Keys:{i}:Role", role, $"--Access:Keys:{i}:Tenant", tenant]);
        }

        _app = await GatewayHost.BuildAsync([.. args], builder => builder.Logging.ClearProviders());
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.StopAsync();
        if (_app is not null) await _app.DisposeAsync();
        await Authority.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(string? key, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? JsonContent.Create(body ?? new { }) : null };
        if (key is not null) request.Headers.Authorization = new("Bearer", KeyOf(key));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default);
    }
}
