using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace WorkflowGateway.Telemetry;

/// <summary>All metrics as they are when they are asked for.</summary>
internal sealed class MetricsPage : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Exporter _exporter = new();
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;

    public MetricsPage(MetricViews views)
    {
        _reader = new BaseExportingMetricReader(_exporter);
        _provider = views.AddTo(Sdk.CreateMeterProviderBuilder()).AddReader(_reader).Build();
    }

    public string Read()
    {
        lock (_lock)
        {
            _exporter.Text.Clear();
            _exporter.Collect!(Timeout.Infinite);
            return _exporter.Text.ToString();
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        _reader.Dispose();
        _exporter.Dispose();
    }

    [ExportModes(ExportModes.Pull)]
    private sealed class Exporter : BaseExporter<Metric>, IPullMetricExporter
    {
        public StringBuilder Text { get; } = new();

        public Func<int, bool>? Collect { get; set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch) PrometheusText.Write(Text, metric);
            return ExportResult.Success;
        }
    }
}
