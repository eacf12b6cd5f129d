using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Runners;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Native;

/// <summary>The whole server with keys, the sandbox's three vendors and one that writes down what it is sent.</summary>
public sealed class NativeGateway : IAsyncLifetime
{
    public const string Credential = "credential-of-the-account";

    private static readonly (string Id, string Role, string Tenant)[] Keys =
        [("a", "operator", "a"), ("b", "operator", "b"), ("caller", "caller", "a"), ("viewer", "viewer", "a"), ("all", "operator", "*")];

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-native-").FullName;
    private WebApplication? _app;

    internal RecordingVendor Vendor { get; } = new();

    internal TimeProvider? Time { get; init; }

    public SandboxServer Sandbox => _app!.Services.GetRequiredService<SandboxHost>().Server!;

    public Uri Url { get; private set; } = null!;

    public static string KeyOf(string id) => $"wfg_{id}_secret-of-{id}";

    internal ConnectionRunner Connection(string name) => _app!.Services.GetRequiredService<RunnerRegistry>().Find(name)!;

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(config, Config());
        List<string> args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Access:Mode", "keys",
            "--Storage:Path", Path.Combine(_folder, "gateway.db"), "--Sandbox:Path", Path.Combine(_folder, "sandbox.jsonl"),
        ];
        foreach (var ((id, role, tenant), i) in Keys.Select((key, i) => (key, i)))
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(id))));
            args.AddRange([$"--Access:Keys:{i}:Id", id, $"--Access:Keys:{i}:Sha256", hash, $"--Access:Keys:{i}:Role", role, $"--Access:Keys:{i}:Tenant", tenant]);
        }

        _app = await GatewayHost.BuildAsync([.. args], builder =>
        {
            builder.Logging.ClearProviders();
            if (Time is not null) builder.Services.AddSingleton(Time);
        });
        await _app.StartAsync();
        Url = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.StopAsync();
        if (_app is not null) await _app.DisposeAsync();
        await Vendor.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal Task<RawAnswer> SendAsync(string method, string target, string key = "a", string headers = "", string? body = null) =>
        RawHttp.SendAsync(Url, RawHttp.Request(method, target, KeyOf(key), headers, body));

    internal HttpClient Client(string key = "a")
    {
        var client = new HttpClient { BaseAddress = Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", KeyOf(key));
        return client;
    }

    /// <summary>The vendor answers so until what is returned is disposed of.</summary>
    internal IAsyncDisposable Answering(Func<RecordedRequest, Stream, Task> answer)
    {
        var before = Vendor.Answer;
        Vendor.Answer = answer;
        return new Restored(() => Vendor.Answer = before);
    }

    private string Config() => $$"""
        {
          "connections": {
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "tenants": [ "a" ], "credential": { "value": "sandbox" } },
            "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "tenants": [ "a" ], "credential": { "value": "sandbox" } },
            "fortanix": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "tenants": [ "a" ], "credential": { "value": "sandbox" } },
            "seen": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/base/v2/", "tenants": [ "a" ], "timeout": "5s", "credential": { "value": "{{Credential}}" },
              "headers": { "teamid": "team-of-the-account", "uuid": "user-of-the-account" } },
            "patient": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/patient", "tenants": [ "a" ], "credential": { "value": "{{Credential}}" } },
            "hasty": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/hasty", "tenants": [ "a" ], "timeout": "500ms", "credential": { "value": "{{Credential}}" } },
            "tired": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/tired", "tenants": [ "a" ], "credential": { "value": "{{Credential}}" } },
            "resting": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/resting", "tenants": [ "a" ], "credential": { "value": "{{Credential}}" } },
            "left": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/left", "tenants": [ "a" ], "credential": { "value": "{{Credential}}" } },
            "traced": { "adapter": "juo", "baseUrl": "http://{{Vendor.Host}}/traced", "tenantId": "demo.myshopify.com", "tenants": [ "a" ], "forwardTrace": true, "credential": { "value": "{{Credential}}" } },
            "shared": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/shared", "credential": { "value": "{{Credential}}" } },
            "two": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/two", "tenants": [ "a", "b" ], "credential": { "value": "{{Credential}}" } },
            "of-b": { "adapter": "interactly", "baseUrl": "http://{{Vendor.Host}}/b", "tenants": [ "b" ], "credential": { "value": "{{Credential}}" } },
            "exclusive": { "adapter": "fortanix", "baseUrl": "http://{{Vendor.Host}}/exclusive", "tenants": [ "a" ], "credential": { "value": "{{Credential}}" }, "exclusive": true },
            "off": { "adapter": "fortanix", "baseUrl": "http://{{Vendor.Host}}/off", "tenants": [ "a" ], "enabled": false, "credential": { "value": "{{Credential}}" } },
            "mine": { "adapter": "juo", "baseUrl": "http://{{Vendor.Host}}/mine", "tenantId": "demo.myshopify.com", "tenants": [ "a" ], "credential": { "from": "caller" } }
          },
          "workflows": {
            "cancel-subscription": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" } } ] },
            "patient-intake": { "routes": [ { "name": "interactly", "connection": "interactly", "target": { "workflowId": "5eb7cf5a86d9755df3a6c597" } } ] },
            "train-model": { "routes": [ { "name": "fortanix", "connection": "fortanix", "target": { "graphId": "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a13", "graphVersion": "1",
              "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } } } } ] }
          }
        }
        """;

    private sealed class Restored(Action restore) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            restore();
            return ValueTask.CompletedTask;
        }
    }
}
