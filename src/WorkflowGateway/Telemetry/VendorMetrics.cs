using System.Diagnostics.Metrics;

namespace WorkflowGateway.Telemetry;

/// <summary>How vendors fare: each call of a connection, and the waits for a place before it.</summary>
internal sealed class VendorMetrics(GatewayMeter meter)
{
    private readonly Histogram<double> _calls = meter.CreateHistogram(
        "gateway.vendor.call.duration", "s", "How long a vendor took, by what came of it: ok, a kind of error, or cut-off.", null, GatewayMeter.Long);

    private readonly Histogram<double> _waits = meter.CreateHistogram(
        "gateway.vendor.admission.duration", "s", "How long a start or a command waited for a place and for the rate of its connection: admitted, or refused with the code.", null, GatewayMeter.Short);

    public void Called(string connection, string vendor, string operation, string outcome, TimeSpan took) => _calls.Record(
        took.TotalSeconds, new("connection", connection), new("vendor", vendor), new("operation", operation), new("outcome", outcome));

    public void Waited(string connection, string outcome, TimeSpan took) => _waits.Record(took.TotalSeconds, new("connection", connection), new("outcome", outcome));

    /// <summary>The word for a failure of a call.</summary>
    public static string OutcomeOf(Exception failure) => failure switch
    {
        RunnerException { Error.Kind: var kind } => OutcomeOf(kind),
        OperationCanceledException => "cut-off",
        _ => "fault",
    };

    private static string OutcomeOf(RunnerErrorKind kind) => kind switch
    {
        RunnerErrorKind.RateLimited => "rate-limited",
        RunnerErrorKind.NotFound => "not-found",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
