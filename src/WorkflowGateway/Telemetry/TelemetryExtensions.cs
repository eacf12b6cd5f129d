using Microsoft.AspNetCore.Http.HttpResults;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using WorkflowGateway.Access;
using WorkflowGateway.Api;

namespace WorkflowGateway.Telemetry;

internal static class TelemetryExtensions
{
    /// <summary>Before all that serves: it stops after it.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<MetricViews>();
        services.AddSingleton<MetricsPage>();
        services.AddSingleton<ConfigMetrics>();
        services.AddSingleton<VendorMetrics>();
        services.AddSingleton<ConnectionGauges>();
        services.AddSingleton<RunMetrics>();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<LedgerSample>();
        services.AddSingleton<LedgerGauges>();
        services.AddSingleton<WatchMetrics>();
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<ProblemMetrics>();
        services.AddSingleton<ZeroSeries>();
        services.AddSingleton<TelemetryParts>();
        services.AddSingleton(_ => OtlpSettings.Of(builder.Configuration));
        services.AddSingleton<ServiceResource>();
        services.AddSingleton<OtlpExport>();
        services.AddHostedService<TelemetryService>();
    }

    /// <summary>For a server; what a verb has to say is its output.</summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.AddConsoleLogs(builder.Configuration, builder.Environment);
        builder.Services.PostConfigure<LoggerFilterOptions>(MuteQueries);
        if (!OtlpSettings.Of(builder.Configuration).Logs) return;
        builder.Services.AddOptions<OpenTelemetryLoggerOptions>().Configure<ServiceResource>((options, resource) =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(resource.AddTo(ResourceBuilder.CreateDefault()));
        });
        builder.Logging.AddOpenTelemetry(options => options.AddOtlpExporter());
    }

    // The one writes whole queries, the other header lines that cannot be read, whatever somebody put there: a key too. A rule for one provider goes before a rule for all,
    // so each that has rules gets one.
    private static void MuteQueries(LoggerFilterOptions options)
    {
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
            foreach (var category in (string[])["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Server.Kestrel.BadRequests"])
                options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, null));
    }

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapGet("/metrics", ReadAsync)
        .Called("metrics", "What the gateway measures, as Prometheus reads it. Needs a key of tenant *.").RequireRole(Role.Viewer, KeyOperations.Metrics).RequireAllTenants()
        .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]) { Description = "All metrics of this process." })
        .Refuses().DisableHttpMetrics();

    private static async Task<ContentHttpResult> ReadAsync(MetricsPage page, LedgerSample sample)
    {
        await sample.RefreshAsync();
        return TypedResults.Text(page.Read(), PrometheusText.MediaType);
    }
}
