using System.Net;
using System.Text;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

/// <summary>A sandbox whose clock is held, so that nothing happens that a test did not ask for.</summary>
internal sealed class SandboxRig : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private SandboxRig(SandboxServer server) => Server = server;

    public SandboxServer Server { get; }

    public static async Task<SandboxRig> StartAsync(string? ledgerPath = null)
    {
        var server = await SandboxServer.StartAsync(new SandboxOptions { LedgerPath = ledgerPath, Seed = 1 }, CancellationToken.None);
        if (!server.Controls.Clock.Held) server.Controls.Hold();
        return new SandboxRig(server);
    }

    public void Advance(double seconds) => Server.Controls.Advance(TimeSpan.FromSeconds(seconds));

    public Task<Reply> JuoAsync(HttpMethod method, string path, string? body = null, string tenant = "demo") =>
        SendAsync(method, $"{Server.Juo}/customer/v1/workflows/{path}", body, ("X-Delegated-Token", "secret-of-juo"), ("X-Tenant-ID", tenant));

    public Task<Reply> InteractlyAsync(HttpMethod method, string below = "", string? body = null) =>
        SendAsync(method, $"{Server.Interactly}/workflows/v1/workflow-runs{below}", body, ("Authorization", "Bearer secret-of-interactly"));

    public Task<Reply> FortanixAsync(HttpMethod method, string below = "", string? body = null) =>
        SendAsync(method, $"{Server.Fortanix}/v1/workflow_runs{below}", body, ("Authentication", "secret-of-fortanix"));

    public Task<Reply> ControlAsync(HttpMethod method, string path, string? body = null) => SendAsync(method, $"{Server.Control}/{path}", body);

    public async Task<Reply> SendAsync(HttpMethod method, string url, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (method != HttpMethod.Get) request.Content = new StringContent(body ?? "", Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
        return new Reply(response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}

internal sealed record Reply(HttpStatusCode Status, string? ContentType, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public JsonElement Ok
    {
        get
        {
            Status.Should().Be(HttpStatusCode.OK, Text);
            return Json;
        }
    }
}
