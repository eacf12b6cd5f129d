namespace WorkflowGateway.Webhooks;

/// <summary>When what failed is tried again: the schedule of Standard Webhooks, ten attempts over 75 hours and 35 minutes.</summary>
internal static class WebhookPolicy
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
        TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>So many failures in a row are the receiver's, not an event's: it is left to rest, and then asked with one event at a time.</summary>
    public const int FailuresBeforeRest = 5;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(5), LongestRest = TimeSpan.FromMinutes(5);

    /// <summary>No receiver is obeyed for longer.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    public static int MaxAttempts => Waits.Length + 1;

    /// <summary>How long to wait after so many attempts; null when there is none left.</summary>
    /// <param name="attempts">How many there were, from 1 on.</param>
    /// <param name="fraction">Chance, in [0, 1): later by a twentieth at most, so that what failed together does not come back together.</param>
    /// <param name="retryAfter">What the receiver asked for.</param>
    public static TimeSpan? Wait(int attempts, double fraction, TimeSpan? retryAfter)
    {
        if (attempts > Waits.Length) return null;
        var wait = Waits[attempts - 1] * (1 + (fraction / 20));
        return retryAfter > wait ? Bounded(retryAfter.Value) is var obeyed && obeyed > wait ? obeyed : wait : wait;
    }

    public static TimeSpan Bounded(TimeSpan retryAfter) => retryAfter < LongestRetryAfter ? retryAfter : LongestRetryAfter;

    /// <summary>How long a receiver is left alone after so many failures in a row.</summary>
    public static TimeSpan Rest(long failures)
    {
        if (failures < FailuresBeforeRest) return TimeSpan.Zero;
        var rest = ShortestRest * Math.Pow(2, Math.Min(failures - FailuresBeforeRest, 10));
        return rest < LongestRest ? rest : LongestRest;
    }
}
