using Microsoft.Extensions.DependencyInjection.Extensions;

namespace WorkflowGateway.Sandbox;

/// <summary>Juo, Interactly and Fortanix, simulated over real HTTP on one listener.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly World _world;

    private readonly WebhookSender _webhooks;

    private SandboxServer(WebApplication app, World world, TimeProvider time)
    {
        (_app, _world, _webhooks) = (app, world, new WebhookSender(world, time));
        Controls = new SandboxControls(world, _webhooks);
    }

    public Uri Juo => Below("juo");

    public Uri Interactly => Below("interactly");

    public Uri Fortanix => Below("fortanix");

    public Uri Control => Below("control");

    public SandboxControls Controls { get; }

    /// <summary>Every request received so far, in order.</summary>
    public IReadOnlyList<LedgerEntry> Ledger => ReadLedger();

    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        var world = new World(options);
        var app = Build(options);
        try
        {
            var server = new SandboxServer(app, world, options.Time);
            var endpoint = new VendorEndpoint(world, new FaultWriter(options.Time, app.Lifetime.ApplicationStopping));
            app.Use(async (context, next) =>
            {
                if (!await endpoint.TryAnswerAsync(context)) await next(context);
            });
            app.UseRouting();
            ControlApi.Map(app, server);
            app.UseEndpoints(_ => { });
            await app.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await app.DisposeAsync();
            world.Dispose();
            throw;
        }
    }

    /// <summary>The requests received, oldest first.</summary>
    public IReadOnlyList<LedgerEntry> ReadLedger(string? vendor = null, string? operation = null, long after = 0, int limit = int.MaxValue) =>
        _world.Ledger.After(after, limit, entry => (vendor is null || entry.Vendor == vendor) && (operation is null || entry.Operation == operation));

    public async ValueTask DisposeAsync()
    {
        await _webhooks.DisposeAsync();
        // Disposing alone would not end what hangs on purpose.
        await _app.StopAsync();
        await _app.DisposeAsync();
        _world.Dispose();
    }

    private Uri Below(string name) => new(new Uri(_app.Urls.First()), name);

    // An empty builder reads no settings files and no environment: the sandbox lives inside the gateway's process too.
    private static WebApplication Build(SandboxOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        if (options.Loggers is { } loggers) builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        // Signals are for whoever hosts the sandbox.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, SilentLifetime>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        return builder.Build();
    }

    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
