namespace WorkflowGateway.Plans;

internal static class PlansExtensions
{
    public static IServiceCollection AddPlans(this IServiceCollection services) => services.AddSingleton<Planner>();
}
