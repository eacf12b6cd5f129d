using System.Diagnostics.Metrics;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Telemetry;

/// <summary>What becomes of runs, counted once what became of them is durable.</summary>
internal sealed class RunMetrics(GatewayMeter meter)
{
    private readonly Counter<long> _starts = meter.CreateCounter<long>(
        "gateway.starts", null, "Starts by what came of them: started, answered (the vendor made no run), unknown, or the code of the failure.");

    private readonly Counter<long> _fallbacks = meter.CreateCounter<long>("gateway.start.fallbacks", null, "Starts that went to another connection, because certainly nothing was started at theirs.");
    private readonly Counter<long> _changes = meter.CreateCounter<long>("gateway.run.changes", null, "Runs that took a status, by what brought it.");
    private readonly Counter<long> _commands = meter.CreateCounter<long>("gateway.commands", null, "Commands by what came of them: applied, refused or unknown.");

    /// <summary>Nothing has been started over it yet.</summary>
    public void Begin(string connection, string vendor)
    {
        foreach (var outcome in new[] { "started", "answered", "unknown" }) _starts.Add(0, new("connection", connection), new("vendor", vendor), new("outcome", outcome));
    }

    public void BeginFallback(string from, string to) => _fallbacks.Add(0, new("connection", from), new("to", to));

    /// <param name="before">The run as it was; null where it is new.</param>
    /// <param name="after">The run as it is.</param>
    /// <param name="cause">What brought it.</param>
    public void Changed(RunRow? before, RunRow after, string cause)
    {
        if (before?.Status != after.Status)
        {
            _changes.Add(1, new("connection", after.Connection), new("vendor", after.Vendor), new("status", RunViewWords.Of(after.Status)), new("cause", cause));
        }

        if (before is null) return;
        if (before.Connection != after.Connection) FellBack(before.Connection, after.Connection);
        if (before.Status == RunStatus.Starting && after.Status != RunStatus.Starting)
            _starts.Add(1, new("connection", after.Connection), new("vendor", after.Vendor), new("outcome", OutcomeOf(after)));
    }

    public void FellBack(string from, string to) => _fallbacks.Add(1, new("connection", from), new("to", to));

    public void Commanded(RunRow run, string operation, string outcome) => _commands.Add(
        1, new("connection", run.Connection), new("vendor", run.Vendor), new("operation", operation), new("outcome", outcome));

    private static string OutcomeOf(RunRow run) => run switch
    {
        { Bound: true } => "started",
        { Status: RunStatus.Unknown } => "unknown",
        { Detail.Error: { Phase: "start", Code: var code } } => code,
        _ => "answered",
    };
}
