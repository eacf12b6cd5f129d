namespace WorkflowGateway.Sync;

internal static class SyncExtensions
{
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        services.AddSingleton<RunPoller>();
        services.AddSingleton<RunRefresher>();
        services.AddHostedService<SyncLoop>();
        return services;
    }
}
