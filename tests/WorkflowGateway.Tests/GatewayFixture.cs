using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Access;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests;

/// <summary>The whole server on a loopback port, with the sandbox beside it and its data in a folder of its own.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private const string Config = """
        {
          "connections": {
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "value": "credential-of-the-account" } },
            "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "credential-of-the-account" } },
            "fortanix": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "credential": { "value": "credential-of-the-account" }, "exclusive": true }
          },
          "workflows": {
            "cancel-subscription": {
              "inputSchema": { "type": "object", "required": [ "subscriptionId" ], "properties": { "subscriptionId": { "type": "string" } } },
              "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" }, "input": { "context": "${input}" } } ]
            },
            "nothing-to-run": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "no_workflow" } } ] },
            "patient-intake": {
              "routes": [ { "name": "interactly", "connection": "interactly", "target": { "workflowId": "5eb7cf5a86d9755df3a6c597" } } ]
            },
            "train-model": {
              "routes": [ { "name": "fortanix", "connection": "fortanix", "target": { "graphId": "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a13", "graphVersion": "1",
                "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } } } } ]
            },
            "only-in-europe": {
              "routes": [ { "name": "eu", "connection": "juo", "when": { "labels.region": "eu" }, "target": { "flowType": "cancellation" } } ]
            }
          }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-").FullName;
    private WebApplication? _app;

    public HttpClient Client { get; } = new();

    public SandboxServer Sandbox => _app!.Services.GetRequiredService<SandboxHost>().Server!;

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(config, Config);
        _app = await GatewayHost.BuildAsync(
            [
                "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config,
                "--Storage:Path", Path.Combine(_folder, "gateway.db"), "--Sandbox:Path", Path.Combine(_folder, "sandbox.jsonl"),
                // An operator may say at once that nothing was started.
                "--Reconcile:SettleTime", "1ms",
            ],
            builder => builder.Logging.ClearProviders());
        _app.MapGet("/fails", string () => throw new InvalidOperationException("secret-detail")).Public().ExcludeFromDescription();
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.StopAsync();
        if (_app is not null) await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? JsonContent.Create(body ?? new { }) : null };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request);
    }

    public async Task<JsonElement> ReadAsync(string path) => JsonElement.Parse(await Client.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>Starts a run and gives its JSON once the vendor has accepted it.</summary>
    public async Task<JsonElement> StartAsync(string workflow, object? input = null, object? labels = null)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/v1/runs", new { workflow, input, labels });
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).Should().Be(201, body);
        return JsonElement.Parse(body);
    }

    /// <summary>Starts a run that waits for an answer, at Juo.</summary>
    public Task<JsonElement> StartWaitingAsync(object? labels = null) => StartAsync("cancel-subscription", new { subscriptionId = "sub_1" }, labels);
}
