using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace WorkflowGateway.Access;

internal static class AccessExtensions
{
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection("Access"), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton(provider => new KeyRing(
            provider.GetRequiredService<IOptions<AccessOptions>>(), provider.GetService<TimeProvider>() ?? TimeProvider.System, provider.GetService<ILogger<KeyRing>>(),
            provider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(KeyRefresh))));
        services.AddSingleton<AccessGate>();
        return services;
    }

    /// <summary>Keys that are kept in the ledger.</summary>
    public static IServiceCollection AddLedgerKeys(this IServiceCollection services)
    {
        services.AddSingleton<KeyEditor>();
        services.AddSingleton<KeyRefresh>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRefresh>());
        return services;
    }

    /// <summary>After routing and below whatever answers a <see cref="Runs.RefusedException"/>.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app.UseMiddleware<AccessMiddleware>();

    /// <summary>Who is asking. Not on public endpoints.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, Role role)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredRole(role));

    public static TBuilder RequireAllTenants<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AllTenantsEndpoint());

    public static TBuilder SignedByVendor<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new SignedEndpoint());

    public static TBuilder Public<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new PublicEndpoint());
}
