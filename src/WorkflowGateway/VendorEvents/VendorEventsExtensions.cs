namespace WorkflowGateway.VendorEvents;

internal static class VendorEventsExtensions
{
    public static IServiceCollection AddVendorEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventDesks>();
        services.AddSingleton<DeliveryReader>();
        services.AddSingleton<VendorEventIntake>();
        services.AddHostedService<UnknownRuns>();
        return services;
    }
}
