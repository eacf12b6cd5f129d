using Microsoft.Extensions.Options;

namespace WorkflowGateway.Catalog;

internal static class CatalogExtensions
{
    /// <summary>The settings that the catalogue depends on. The catalogue itself is a <see cref="LiveCatalog"/> over <see cref="CatalogReader.Load"/>.</summary>
    public static IServiceCollection AddCatalogOptions(this IServiceCollection services, IConfiguration configuration)
    {
        Bind<GatewayOptions>("Gateway");
        Bind<SecurityOptions>("Security");
        Bind<DispatchOptions>("Dispatch");
        Bind<SyncOptions>("Sync");
        var validator = new CatalogOptionsValidator();
        services.AddSingleton<IValidateOptions<GatewayOptions>>(validator);
        services.AddSingleton<IValidateOptions<DispatchOptions>>(validator);
        services.AddSingleton<IValidateOptions<SyncOptions>>(validator);
        return services;

        void Bind<T>(string section)
            where T : class => services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateOnStart();
    }
}
