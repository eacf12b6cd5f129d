using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowGateway.Access;
using WorkflowGateway.Api;

namespace WorkflowGateway.Telemetry;

internal static class TelemetryExtensions
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<ConfigMetrics>();
        services.AddSingleton<MetricsPage>();
        return services;
    }

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapGet("/metrics", Read)
        .Called("metrics", "What the gateway measures, as Prometheus reads it. Needs a key of tenant *.").RequireRole(Role.Viewer, KeyOperations.Metrics).RequireAllTenants()
        .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]) { Description = "All metrics of this process." })
        .Refuses();

    private static ContentHttpResult Read(MetricsPage page) => TypedResults.Text(page.Read(), PrometheusText.MediaType);
}
