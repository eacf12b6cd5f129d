namespace WorkflowGateway.Runs;

internal static class RunsExtensions
{
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<Ids>();
        services.AddSingleton<RunEvents>();
        services.AddSingleton<RunLedger>();
        services.AddSingleton<RunWatch>();
        services.AddSingleton<Orphans>();
        services.AddSingleton<CommandDispatcher>();
        services.AddSingleton<RunCommander>();
        services.AddSingleton<CommandCutOff>();
        services.AddSingleton<StartFallback>();
        services.AddSingleton<StartDispatcher>();
        services.AddSingleton<StartPreparation>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunResolver>();
        services.AddSingleton<DetachedWork>();
        services.AddHostedService(provider => provider.GetRequiredService<DetachedWork>());
        return services;
    }
}
