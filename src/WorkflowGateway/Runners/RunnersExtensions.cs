namespace WorkflowGateway.Runners;

internal static class RunnersExtensions
{
    public static IServiceCollection AddRunners(this IServiceCollection services)
    {
        foreach (var adapter in VendorAdapters.All) services.AddSingleton(adapter);
        services.AddSingleton<RunnerRegistry>();
        return services;
    }
}
