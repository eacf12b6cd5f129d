namespace WorkflowGateway.VendorEvents;

internal static class VendorEventsExtensions
{
    public static IServiceCollection AddVendorEvents(this IServiceCollection services)
    {
        services.AddSingleton<VendorEventInboxes>();
        services.AddSingleton<VendorEventBodies>();
        services.AddSingleton<VendorEventIntake>();
        services.AddHostedService<UnknownRuns>();
        return services;
    }
}
