namespace WorkflowGateway.Runs;

/// <summary>What may be done to a run now. A hint for callers: the commander judges again when asked.</summary>
internal static class RunViewActions
{
    private static readonly RunOperation[] Offered =
        [RunOperation.Respond, RunOperation.Data, RunOperation.Pause, RunOperation.Resume, RunOperation.Stop];

    public static IReadOnlyList<ActionView> Of(RunRow run, RunnerInfo? info)
    {
        var actions = new ActionView[Offered.Length];
        for (var i = 0; i < Offered.Length; i++)
        {
            var reason = WhyNot(run, info, Offered[i]);
            actions[i] = new ActionView(RunViewWords.Of(Offered[i]), reason is null, reason);
        }

        return actions;
    }

    /// <summary>A sentence for people; null where it may be done.</summary>
    public static string? WhyNot(RunRow run, RunnerInfo? info, RunOperation operation)
    {
        if (info is null) return $"No adapter for {run.Vendor} is present.";
        if (!info.Operations.Contains(operation)) return $"{info.DisplayName} has no {RunViewWords.Of(operation)}.";
        if (run.Final) return $"The run is {RunViewWords.Of(run.Status)}, which is final.";
        if (run.DryRun) return "The run is a dry run: the vendor only said what it would do.";
        if (operation == RunOperation.Stop) return WhyNotStop(run);
        if (!run.Bound) return $"{info.DisplayName} has not named its run yet.";
        return (operation, run.Status) switch
        {
            (_, RunStatus.Unknown) => "Nobody knows the run's state.",
            (_, RunStatus.Stopping) => "The run is stopping.",
            (RunOperation.Respond, _) => run.Detail.Interactions.Count > 0 ? null : "The run waits for no answer.",
            (RunOperation.Pause, RunStatus.Paused) => "The run is paused already.",
            (RunOperation.Resume, not RunStatus.Paused) => "The run is not paused.",
            _ => null,
        };
    }

    private static string? WhyNotStop(RunRow run) => run switch
    {
        { StopRequested: true, Bound: false } => "A stop is kept and will be sent as soon as the vendor names its run.",
        { Status: RunStatus.Stopping } => "The run is stopping already.",
        _ => null,
    };
}
