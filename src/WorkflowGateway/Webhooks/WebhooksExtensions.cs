using Microsoft.Extensions.Options;

namespace WorkflowGateway.Webhooks;

internal static class WebhooksExtensions
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<WebhookOptions>().BindConfiguration("Webhooks").ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();
        services.AddSingleton(provider => LoopbackRule.Of(provider.GetRequiredService<IOptions<WebhookOptions>>().Value, provider.GetRequiredService<IHostEnvironment>()));
        services.AddSingleton(provider => new GuardedConnect(provider.GetRequiredService<LoopbackRule>()));
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookTargets>();
        services.AddSingleton<WebhookTools>();
        services.AddSingleton<WebhookEditor>();
        services.AddSingleton<WebhookViews>();
        services.AddSingleton<WebhookLoops>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookLoops>());
        return services;
    }
}
