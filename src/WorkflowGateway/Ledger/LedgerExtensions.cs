using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Ledger;

internal static class LedgerExtensions
{
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection("Storage"))
            .Validate(options => options.Provider is StorageOptions.Sqlite or StorageOptions.Postgres, "Storage:Provider must be sqlite or postgres.")
            .Validate(options => options.Provider != StorageOptions.Postgres || !string.IsNullOrWhiteSpace(options.ConnectionString),
                "Storage:ConnectionString is empty. Write where the database is: Host=db;Database=gateway;Username=gateway;Password=…")
            .Validate(options => !string.IsNullOrWhiteSpace(options.Path), "Storage:Path is empty. Write the path of the SQLite file: data/gateway.db")
            .ValidateOnStart();
        services.AddSingleton<Dialect>(provider => provider.GetRequiredService<IOptions<StorageOptions>>().Value switch
        {
            { Provider: StorageOptions.Postgres, ConnectionString: { } place } => new PostgresDialect(place, provider.GetRequiredService<TimeProvider>()),
            { Path: var path } => new SqliteDialect(provider.GetRequiredService<HomeFolder>().Resolve(path)),
        });
        services.AddSingleton(provider => new Sealer(MasterKey.Load(provider, make: true), MasterKey.LoadPrevious(provider)));
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection("Retention")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<ReaderPool>();
        if (configuration["Storage:Provider"] == StorageOptions.Postgres)
        {
            services.AddHostedService(provider => new PostgresListener(
                (PostgresDialect)provider.GetRequiredService<Dialect>(), provider.GetRequiredService<LedgerReader>(), provider.GetRequiredService<Events.EventTail>().Wake,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PostgresListener>>()));
        }

        services.AddSingleton(provider => new LedgerReader(
            provider.GetRequiredService<ReaderPool>(), provider.GetRequiredService<Dialect>(), provider.GetRequiredService<Sealer>(),
            provider.GetRequiredService<Dialect>().SingleProcess ? new RowCache(provider.GetRequiredService<LedgerWriter>()) : null));
        services.AddSingleton<Retention>();
        services.AddHostedService(provider => provider.GetRequiredService<Retention>());
        return services;
    }
}
