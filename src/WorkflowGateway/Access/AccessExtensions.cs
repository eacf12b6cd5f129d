using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Access;

internal static class AccessExtensions
{
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection("Access"), binder => binder.ErrorOnUnknownConfiguration = true)
            .PostConfigure(options => AsWritten(options.Keys, configuration.GetSection("Access:Keys"))).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton(provider => new KeyRing(
            provider.GetRequiredService<IOptions<AccessOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<KeyRing>>(),
            provider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(KeyRefresh))));
        services.AddSingleton(provider => new Tokens(
            provider.GetRequiredService<IOptions<AccessOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<TokenKeys>()));
        services.AddSingleton(provider => new CallLimiter(
            provider.GetRequiredService<IOptions<AccessOptions>>(), () => provider.GetService<Replicas>()?.Live.Count ?? 1, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AccessGate>();
        if (!configuration.GetSection("Access:Jwt").Exists()) return services;
        services.AddSingleton<TokenKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<TokenKeys>());
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

    /// <param name="builder">The endpoint.</param>
    /// <param name="role">The least role that may call it.</param>
    /// <param name="operation">One of <see cref="KeyOperations"/>: what a key that is for some operations only must be for.</param>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, Role role, string? operation = null)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredRole(role, operation));

    public static TBuilder RequireAllTenants<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AllTenantsEndpoint());

    // Bound as a list, [] and a single word are no list: they would be as if nothing had been written, which is everything.
    private static void AsWritten(IList<AccessKey> keys, IConfiguration settings)
    {
        static IList<string>? Words(IConfigurationSection list, IList<string>? bound) =>
            list.GetChildren().Any() || list.Value is not { } text ? bound : text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (key, written) in keys.Zip(settings.GetChildren()))
            (key.Workflows, key.Operations) = (Words(written.GetSection("Workflows"), key.Workflows), Words(written.GetSection("Operations"), key.Operations));
    }

    public static TBuilder SignedByVendor<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new SignedEndpoint());

    public static TBuilder Public<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new PublicEndpoint());
}
