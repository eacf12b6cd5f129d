namespace WorkflowGateway.Events;

internal static class EventsExtensions
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventTail>();
        services.AddHostedService(provider => provider.GetRequiredService<EventTail>());
        services.AddSingleton<EventAnswers>();
        return services;
    }
}
