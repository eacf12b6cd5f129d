using Microsoft.Extensions.Options;

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
        services.AddSingleton<ReconcileBinder>();
        services.AddSingleton<MarkSettler>();
        services.AddSingleton<ReconcileLook>();
        // After the other: it says first what was cut off.
        services.AddHostedService<Reconciler>();
        services.AddOptions<ReconcileOptions>().BindConfiguration("Reconcile").ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReconcileOptions>, ReconcileOptionsValidator>();
        return services;
    }
}
