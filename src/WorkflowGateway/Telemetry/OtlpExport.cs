using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace WorkflowGateway.Telemetry;

/// <summary>Sends spans and metrics to a collector, where one is configured. It is fed from memory in the background: a collector that is slow, dead or lying costs its share of that memory and nothing else.</summary>
internal sealed partial class OtlpExport(
    IConfiguration settings, OtlpSettings wanted, MetricViews views, ServiceResource resource, LedgerSample sample, TimeProvider time, ILogger<OtlpExport> log) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), SampleEvery = TimeSpan.FromSeconds(15);

    private OpenTelemetrySdk? _sdk;
    private ActivityListener? _listener;
    private ITimer? _sampling;

    public void Start()
    {
        if (!wanted.Traces)
        {
            // Without it there would be no span where nothing is logged, and none to keep with a run, to name in a problem, or to tell to a vendor.
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == Tracing.Sources[0],
                Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                    options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        if (!wanted.Traces && !wanted.Metrics) return;
        _sdk = OpenTelemetrySdk.Create(builder =>
        {
            builder.Services.AddSingleton(settings);
            builder.ConfigureResource(describe => resource.AddTo(describe));
            if (wanted.Traces) builder.WithTracing(traces => traces.AddSource(Tracing.Sources));
            if (wanted.Metrics) builder.WithMetrics(metrics => views.AddTo(metrics));
            builder.UseOtlpExporter();
        });
        if (wanted.Metrics) _sampling = time.CreateTimer(_ => _ = sample.RefreshAsync(), null, TimeSpan.Zero, SampleEvery);
    }

    /// <summary>Sends what is still here, or gives it up.</summary>
    public async Task StopAsync()
    {
        if (_sdk is not { } sdk) return;
        _sdk = null;
        try
        {
            if (wanted.Metrics) await sample.RefreshAsync(now: true);
            await Task.Run(sdk.Dispose).WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            LogGivenUp(log, Patience.TotalSeconds);
        }
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _sampling?.Dispose();
        _sdk?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The collector did not take the last telemetry within {Seconds} s; it is lost")]
    private static partial void LogGivenUp(ILogger log, double seconds);
}
