using System.Diagnostics.Metrics;

namespace WorkflowGateway.Telemetry;

/// <summary>Who watches events as a stream.</summary>
internal sealed class WatchMetrics(GatewayMeter meter)
{
    private readonly UpDownCounter<long> _watchers = meter.CreateUpDownCounter<long>("gateway.sse.watchers", null, "Streams of events that are open now.");
    private readonly Counter<long> _gaps = meter.CreateCounter<long>("gateway.sse.gaps", null, "Gaps that watchers were told of.");
    private readonly Counter<long> _cutOff = meter.CreateCounter<long>("gateway.sse.cut_off", null, "Watchers that were cut off because they took nothing.");

    /// <summary>Nobody has missed anything yet.</summary>
    public void Begin()
    {
        _gaps.Add(0);
        _cutOff.Add(0);
    }

    public void Came() => _watchers.Add(1);

    public void Left() => _watchers.Add(-1);

    public void ToldOfGap() => _gaps.Add(1);

    public void CutOff() => _cutOff.Add(1);
}
