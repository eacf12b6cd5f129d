using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;
using WorkflowGateway.Edge;
using WorkflowGateway.Ledger;

namespace WorkflowGateway;

/// <summary>The configuration file, with all that its meaning depends on: read at start, and followed from then on.</summary>
internal static class CatalogStart
{
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.AddSingleton(Context);
        services.AddSingleton(provider => new ConfigFile(PathOf(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(Load);
        services.AddSingleton<ConfigWatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<ConfigWatcher>());
        services.AddOptions<HostOptions>().Configure<LiveCatalog, IOptions<EdgeOptions>>((host, catalog, edge) =>
        {
            // The delay is part of the stop.
            var delay = edge.Value.StopDelaySpan;
            host.ShutdownTimeout = delay + DrainTime(catalog.Current);
            // Never shorter: what was begun with an earlier configuration may still be under way.
            catalog.Changed += () => host.ShutdownTimeout = delay + DrainTime(catalog.Current) is var time && time > host.ShutdownTimeout ? time : host.ShutdownTimeout;
        });
        return services;
    }

    /// <exception cref="CatalogException">Everything that is wrong with the file.</exception>
    public static LiveCatalog Load(IServiceProvider services) => new(CatalogReader.Load(PathOf(services), services.GetRequiredService<CatalogContext>()), services.GetRequiredService<ILogger<LiveCatalog>>());

    /// <summary>Where the configured file is.</summary>
    public static string PathOf(IServiceProvider services) =>
        services.GetRequiredService<HomeFolder>().Resolve(services.GetRequiredService<IOptions<GatewayOptions>>().Value.ConfigPath);

    /// <summary>What the meaning of a configuration file depends on, here and now.</summary>
    public static CatalogContext Context(IServiceProvider services)
    {
        var sync = services.GetRequiredService<IOptions<SyncOptions>>().Value;
        return new CatalogContext
        {
            Adapters = [.. services.GetServices<IVendorAdapter>()],
            Home = services.GetRequiredService<HomeFolder>(),
            Production = services.GetRequiredService<IHostEnvironment>().IsProduction(),
            Sandbox = services.GetService<SandboxHost>()?.Addresses,
            HasMasterKey = services.GetRequiredService<Sealer>().CanSeal,
            Loopback = services.GetRequiredService<Webhooks.LoopbackRule>(),
            DispatchTimeout = services.GetRequiredService<IOptions<DispatchOptions>>().Value.TimeoutSpan,
            PollMin = sync.Min,
            PollMax = sync.Max,
        };
    }

    /// <summary>How long a stop waits for what is under way at vendors; what is cut off then becomes unknown.</summary>
    private static TimeSpan DrainTime(CatalogSnapshot catalog) =>
        catalog.Connections.Values.Select(connection => connection.Timeout).DefaultIfEmpty(TimeSpan.FromSeconds(20)).Max() + TimeSpan.FromSeconds(10);
}
