namespace WorkflowGateway.Telemetry;

/// <summary>Measures from before the first request until after the last: it begins first and ends last.</summary>
internal sealed class TelemetryService : IHostedService
{
    private readonly OtlpExport _otlp;
    private readonly ZeroSeries _zeros;

    /// <param name="otlp">The collector.</param>
    /// <param name="zeros">What is told before it happens.</param>
    /// <param name="_">Everything that measures, and what shows it: it must be there before something happens.</param>
    public TelemetryService(OtlpExport otlp, ZeroSeries zeros, TelemetryParts _) => (_otlp, _zeros) = (otlp, zeros);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _otlp.Start();
        _zeros.Begin();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _otlp.StopAsync();
}

/// <summary>Everything that measures by itself, and the page.</summary>
internal sealed record TelemetryParts(
    MetricsPage Page, ConfigMetrics Config, ConnectionGauges Connections, LedgerGauges Ledger, ProblemMetrics Problems, VendorMetrics Vendors, RunMetrics Runs, LedgerMetrics Writer,
    WatchMetrics Watchers, WebhookMetrics Webhooks);
