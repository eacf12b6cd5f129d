using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>When an open run is read next: soon after something happened, ever more rarely while nothing does, and at the deadline of what it waits for. Pure.</summary>
internal static class PollPolicy
{
    private const double Growth = 1.5;
    private const double Jitter = 0.2;

    /// <summary>Somebody waits for it: then it is read as often as if it had been quiet for no longer.</summary>
    private const int QuietWhileWatched = 4;

    private static readonly TimeSpan Young = TimeSpan.FromMinutes(2);

    /// <param name="config">The connection, for its bounds.</param>
    /// <param name="run">The run.</param>
    /// <param name="quiet">How many reads in a row changed nothing.</param>
    /// <param name="watched">Whether a caller waits for a change of it.</param>
    /// <param name="now">The time of the read.</param>
    /// <param name="fraction">Chance, in [0, 1): spreads reads that would fall together.</param>
    public static PollPlan Next(ConnectionConfig config, RunRow run, int quiet, bool watched, DateTimeOffset now, double fraction)
    {
        var next = now + Interval(config.PollMin, config.PollMax, watched ? Math.Min(quiet, QuietWhileWatched) : quiet, fraction);
        var deadline = run.Detail.Interactions.Select(interaction => interaction.ExpiresAt).Min();
        if (deadline is { } end && end > now && end + config.PollMin < next) return new PollPlan(end + config.PollMin, WorkLane.Soon);
        return new PollPlan(next, watched || now - run.UpdatedAt < Young ? WorkLane.Soon : WorkLane.Later);
    }

    public static TimeSpan Interval(TimeSpan min, TimeSpan max, int quiet, double fraction)
    {
        var grown = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(Growth, Math.Min(quiet, 60)));
        return TimeSpan.FromMilliseconds(grown * (1 - Jitter + (2 * Jitter * fraction)));
    }
}
