using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Ledger;

internal static class LedgerExtensions
{
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection("Storage"))
            .Validate(options => options.Provider == "sqlite", "Storage:Provider must be sqlite; postgres is not built yet.")
            .Validate(options => !string.IsNullOrWhiteSpace(options.Path), "Storage:Path is empty. Write the path of the SQLite file: data/gateway.db")
            .ValidateOnStart();
        services.AddSingleton<Dialect>(provider => new SqliteDialect(
            provider.GetRequiredService<HomeFolder>().Resolve(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Path)));
        services.AddSingleton(provider => new Sealer(MasterKey.Load(
            provider.GetRequiredService<IOptions<SecurityOptions>>().Value.MasterKey, provider.GetRequiredService<HomeFolder>(),
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.Path, provider.GetRequiredService<IHostEnvironment>())));
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<ReaderPool>();
        services.AddSingleton(provider => new LedgerReader(
            provider.GetRequiredService<ReaderPool>(), provider.GetRequiredService<Sealer>(),
            provider.GetRequiredService<Dialect>().SingleProcess ? new RowCache(provider.GetRequiredService<LedgerWriter>()) : null));
        return services;
    }
}
