using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace WorkflowGateway.Edge;

internal static class EdgeExtensions
{
    public static IServiceCollection AddEdge(this IServiceCollection services)
    {
        services.AddOptions<EdgeOptions>().BindConfiguration("Edge").ValidateOnStart();
        services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidator>();
        services.AddOptions<KestrelServerOptions>().Configure<IConfiguration>(ServerLimits.Set);
        // The framework's own filter stands before everything and answers in HTML; EdgeMiddleware goes by the same setting.
        services.PostConfigure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        services.AddSingleton<InFlight>();
        services.AddSingleton<StopDelay>();
        services.AddHostedService(provider => provider.GetRequiredService<StopDelay>());
        return services;
    }

    /// <summary>Below whatever answers for what is thrown, above routing: it may change the method.</summary>
    public static IApplicationBuilder UseEdge(this IApplicationBuilder app) => app.UseMiddleware<EdgeMiddleware>();
}
