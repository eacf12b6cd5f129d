using WorkflowGateway.Catalog;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway;

/// <summary>The simulated vendors, where settings ask for them: in this process, or in one that runs already (<c>Sandbox:BaseUrl</c>).</summary>
internal sealed class SandboxHost : IHostedService
{
    private static readonly string[] Vendors = ["juo", "interactly", "fortanix"];

    private SandboxHost(SandboxServer? server, Uri baseUrl) => (Server, BaseUrl) = (server, baseUrl);

    public Uri BaseUrl { get; }

    /// <summary>Null where it is another process.</summary>
    public SandboxServer? Server { get; }

    /// <summary>The vendors' addresses for <c>${sandbox:…}</c>.</summary>
    public IReadOnlyDictionary<string, string> Addresses => Vendors.ToDictionary(vendor => vendor, vendor => new Uri(BaseUrl, vendor).AbsoluteUri);

    /// <summary>The simulated vendors without starting them: who only looks at configuration needs their names. Null where settings do not ask for them.</summary>
    public static SandboxHost? Name(IConfiguration configuration, IHostEnvironment environment)
    {
        var settings = configuration.GetSection("Sandbox");
        if (!settings.GetValue("Enabled", environment.IsDevelopment())) return null;
        if (environment.IsProduction()) throw new SettingsException("Sandbox:Enabled is true in Production. Simulated vendors have no place there: set it to false.");
        if (settings["BaseUrl"] is not { } elsewhere) return new SandboxHost(null, new Uri("http://sandbox.localhost/"));
        return Uri.TryCreate(elsewhere.TrimEnd('/') + "/", UriKind.Absolute, out var url)
            ? new SandboxHost(null, url)
            : throw new SettingsException($"Sandbox:BaseUrl is '{elsewhere}'. Write the address of a running sandbox: http://127.0.0.1:9090");
    }

    public static async Task<SandboxHost?> StartAsync(IConfiguration configuration, IHostEnvironment environment, HomeFolder home)
    {
        var named = Name(configuration, environment);
        var settings = configuration.GetSection("Sandbox");
        if (named is null || settings["BaseUrl"] is not null) return named;
        var path = home.Resolve(settings["Path"] ?? "data/sandbox.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            var server = await SandboxServer.StartAsync(new SandboxOptions { LedgerPath = path }, CancellationToken.None);
            return new SandboxHost(server, new Uri(server.Juo, "."));
        }
        catch (IOException exception)
        {
            throw new SettingsException($"The sandbox's ledger {path} cannot be used ({exception.Message}) Is another gateway running here? Stop it, or give this one other files: --Sandbox:Path=… --Storage:Path=…", exception);
        }
    }

    /// <summary>Has the simulated Interactly send its events here, once it is listened: to the connections that take webhooks, as if somebody had subscribed there.</summary>
    public void SubscribeWhenStarted(WebApplication app)
    {
        if (Server is null) return;
        app.Lifetime.ApplicationStarted.Register(() => _ = SubscribeAsync(app, Server));
    }

    private static async Task SubscribeAsync(WebApplication app, SandboxServer server)
    {
        var taker = app.Services.GetRequiredService<LiveCatalog>().Current.Connections.Values
            .FirstOrDefault(connection => connection.WebhookSecrets.Count > 0 && connection.Vendor.BaseUrl.AbsoluteUri.StartsWith(server.Interactly.AbsoluteUri, StringComparison.Ordinal));
        if (taker is null || !Uri.TryCreate(ListenAddress.FromHere(app.Urls.First()), UriKind.Absolute, out var own)) return;
        var secret = await taker.WebhookSecrets[0](CancellationToken.None);
        server.Controls.Webhook = new Webhook { Url = new Uri(own, $"/v1/vendor-events/{taker.Name}"), Secret = secret.Reveal() };
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}
