namespace WorkflowGateway.Sync;

internal static class SyncExtensions
{
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        services.AddSingleton<RunPoller>();
        services.AddSingleton<RunRefresher>();
        services.AddSingleton<Replicas>();
        // First: no vendor is called before this process knows its share.
        services.AddHostedService(provider => provider.GetRequiredService<Replicas>());
        services.AddHostedService<SyncLoop>();
        return services;
    }
}
