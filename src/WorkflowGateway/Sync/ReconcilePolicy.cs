using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>When a lost start is looked for next: every few seconds at first, at least every half minute while it may still settle, ever more rarely after. Pure.</summary>
internal static class ReconcilePolicy
{
    private const double Jitter = 0.2;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>For what is looked for no more, but must still be known.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(36500);

    /// <param name="start">The start.</param>
    /// <param name="open">Whether its run is still open: an operator's verdict ends the search a day after the send.</param>
    /// <param name="now">When the look ended.</param>
    /// <param name="took">How long it took: looking takes no more than a fifth of the time, however long the list.</param>
    /// <param name="settle">How long the start may take to settle.</param>
    /// <param name="fraction">Chance, in [0, 1): spreads looks that would fall together.</param>
    public static DateTimeOffset Next(LostStart start, bool open, DateTimeOffset now, TimeSpan took, TimeSpan settle, double fraction)
    {
        if (!open && now - start.SentAt > ReconcileDecision.Reach) return now + Never;
        var age = now - start.SentAt;
        var rare = age > settle;
        var wait = rare ? Clamp(age / 30, Often, Longest) : Clamp(age / 4, Shortest, Often);
        if (took * 4 > wait) wait = took * 4;
        return now + (wait * (1 - Jitter + (2 * Jitter * fraction)));
    }

    private static TimeSpan Clamp(TimeSpan span, TimeSpan min, TimeSpan max) => span < min ? min : span > max ? max : span;
}
