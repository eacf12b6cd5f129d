using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Edge;

/// <summary>A gateway with one workflow and settings of its own.</summary>
internal sealed class SmallGateway : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-edge-").FullName;
    private WebApplication? _app;

    public Uri Address => new(_app!.Urls.First());

    public int Port => Address.Port;

    public WebApplication App => _app!;

    public SandboxServer Sandbox => _app!.Services.GetRequiredService<SandboxHost>().Server!;

    public async Task StartAsync(params (string Name, string Value)[] settings)
    {
        var config = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(config, """
            {
              "connections": { "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "value": "sandbox" } } },
              "workflows": { "ask": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" } } ] } }
            }
            """);
        string[] args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Storage:Path", Path.Combine(_folder, "gateway.db"),
            "--Sandbox:Path", Path.Combine(_folder, "sandbox.jsonl"), .. settings.Select(setting => $"--{setting.Name}={setting.Value}"),
        ];
        var app = await GatewayHost.BuildAsync(args, builder => builder.Logging.ClearProviders());
        try
        {
            await app.StartAsync();
            _app = app;
        }
        finally
        {
            if (_app is null) await app.DisposeAsync();
        }
    }

    public HttpClient Client() => new() { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            // What hangs at a vendor on purpose is not waited for.
            using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
            try
            {
                await _app.StopAsync(enough.Token);
            }
            catch (OperationCanceledException)
            {
                // As meant.
            }

            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
