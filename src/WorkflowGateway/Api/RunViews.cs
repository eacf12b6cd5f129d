using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Shows runs with what the running gateway knows about their vendor.</summary>
internal sealed class RunViews(RunnerRegistry runners, TimeProvider time)
{
    // For runs whose connection is no longer configured: nothing reads them any more.
    private static readonly TimeSpan DefaultStaleAfter = TimeSpan.FromMinutes(5);

    public RunView Of(RunRow run) => RunView.Of(
        run, runners.InfoOf(run.Vendor), runners.Find(run.Connection)?.Config.StaleAfter ?? DefaultStaleAfter, time.GetUtcNow());

    /// <summary>Seconds since the vendor was last heard.</summary>
    public long Age(RunRow run) =>
        Math.Max(0, (long)(time.GetUtcNow() - (run.ObservedAt ?? run.Id.CreatedAt)).TotalSeconds);
}
