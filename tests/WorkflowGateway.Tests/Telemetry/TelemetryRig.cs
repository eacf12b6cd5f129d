using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Telemetry;

/// <summary>The whole server with what a test of telemetry wants to be set.</summary>
internal sealed class TelemetryRig : IAsyncDisposable
{
    public const string CallerSpan = "b7ad6b7169203331";

    /// <summary>What must be nowhere: the credential of every connection, and what callers send.</summary>
    public const string Canary = "canary-4f1c";

    private const string Config = """
        {
          "connections": {
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "value": "CANARY-credential" }, "rateLimit": 100 },
            "traced": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "traced.myshopify.com", "credential": { "value": "CANARY-credential" }, "forwardTrace": true },
            "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "CANARY-credential" }, "webhookSecrets": [ "CANARY-signs" ], "poll": { "min": "1s", "max": "1s" } },
            "fortanix": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "credential": { "value": "CANARY-credential" }, "exclusive": true },
            "dead": { "adapter": "juo", "baseUrl": "http://127.0.0.1:1/customer/v1", "tenantId": "dead.myshopify.com", "credential": { "value": "CANARY-credential" } }
          },
          "workflows": {
            "ask": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" } } ] },
            "ask-traced": { "routes": [ { "name": "traced", "connection": "traced", "target": { "flowType": "cancellation" } } ] },
            "intake": { "routes": [ { "name": "interactly", "connection": "interactly", "target": { "workflowId": "5eb7cf5a86d9755df3a6c597" } } ] },
            "train": { "routes": [ { "name": "fortanix", "connection": "fortanix", "target": { "graphId": "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a13", "graphVersion": "1",
              "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } } } } ] },
            "fails": { "routes": [ { "name": "dead", "connection": "dead", "target": { "flowType": "cancellation" } } ] },
            "falls": { "routes": [
              { "name": "dead", "connection": "dead", "target": { "flowType": "cancellation" }, "fallback": [ "spare" ] },
              { "name": "spare", "connection": "juo", "weight": 0, "target": { "flowType": "cancellation" } } ] }
          }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-telemetry-").FullName;
    private WebApplication? _app;

    private TelemetryRig()
    {
    }

    /// <summary>The trace of whoever calls. Its own for each: who listens for spans hears those of every gateway in the process.</summary>
    public string Trace { get; } = ActivityTraceId.CreateRandom().ToHexString();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    public IServiceProvider Services => _app!.Services;

    public SandboxServer Sandbox => Services.GetRequiredService<SandboxHost>().Server!;

    public static async Task<TelemetryRig> StartAsync(Action<ILoggingBuilder>? logs, params string[] settings)
    {
        var rig = new TelemetryRig();
        var config = Path.Combine(rig._folder, "gateway.json");
        await File.WriteAllTextAsync(config, Config.Replace("CANARY", Canary, StringComparison.Ordinal));
        rig._app = await GatewayHost.BuildAsync(
            [
                "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config,
                "--Storage:Path", Path.Combine(rig._folder, "gateway.db"), "--Sandbox:Path", Path.Combine(rig._folder, "sandbox.jsonl"), .. settings,
            ],
            builder =>
            {
                if (logs is null) builder.Logging.ClearProviders();
                else logs(builder.Logging);
            });
        await rig._app.StartAsync();
        rig.Client.BaseAddress = new Uri(rig._app.Urls.First());
        return rig;
    }

    /// <summary>Starts a run in the caller's trace.</summary>
    public async Task<JsonElement> StartRunAsync(string workflow, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/v1/runs", new { workflow, input = workflow == "train" ? null : new { name = Canary + "-input" } }, headers);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? JsonContent.Create(body ?? new { }) : null };
        if (headers.Length == 0) headers = [("traceparent", $"00-{Trace}-{CallerSpan}-01")];
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request);
    }

    public Task<string> MetricsAsync() => Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    /// <summary>Ends the gateway well: what is to be told is told.</summary>
    public async Task StopAsync()
    {
        if (_app is not { } app) return;
        _app = null;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
