using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace WorkflowGateway.Telemetry;

/// <summary>Sends spans and metrics to a collector, where one is configured, and ends what sends the log. It is fed from memory in the background: a collector that is slow, dead or lying costs its share of that memory and nothing else.</summary>
internal sealed partial class OtlpExport(
    IConfiguration settings, OtlpSettings wanted, MetricViews views, ServiceResource resource, LedgerSample sample, TimeProvider time, ILogger<OtlpExport> log,
    LoggerProvider? logs = null) : IDisposable
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(15);

    private OpenTelemetrySdk? _sdk;
    private ActivityListener? _listener;
    private ITimer? _sampling;
    private bool _stopped;

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
        if (!wanted.Any || _stopped) return;
        _stopped = true;
        // Whoever gives up leaves it as it is: the process ends.
        var sdk = _sdk;
        _sdk = null;
        try
        {
            if (wanted.Metrics) await sample.RefreshAsync(now: true);
            await Task.WhenAll(Ending(() => sdk?.TracerProvider.Shutdown()), Ending(() => sdk?.MeterProvider.Shutdown()), Ending(() => logs?.Shutdown()))
                .WaitAsync(wanted.Patience, TimeProvider.System);
            sdk?.Dispose();
        }
        catch (TimeoutException)
        {
            LogGivenUp(log, wanted.Patience.TotalSeconds);
        }
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _sampling?.Dispose();
        _sdk?.Dispose();
    }

    // They block, and none of them may wait for another one's thread.
    private static Task Ending(Action end) => Task.Factory.StartNew(end, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The collector did not take the last telemetry within {Seconds} s; it is lost")]
    private static partial void LogGivenUp(ILogger log, double seconds);
}
