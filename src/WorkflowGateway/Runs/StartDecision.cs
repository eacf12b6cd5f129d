namespace WorkflowGateway.Runs;

/// <summary>What the outcome of an attempt does to its run. Pure. Null means that the outcome is not this run's any more: it is bound, or on another attempt.</summary>
internal static class StartDecision
{
    public const string Unconfirmed = "start-unconfirmed";
    public const string ConflictingBinding = "conflicting-binding";

    /// <summary>Only an operator concludes these.</summary>
    public const string NotObserved = "start-not-observed";
    public const string Abandoned = "abandoned";

    public static RunRow? Answered(RunRow run, Guid attempt, StartAnswer answer, DateTimeOffset now)
    {
        if (!Awaits(run, attempt)) return null;
        if (answer is StartAnswer.Accepted) return Observation.Apply(run, answer.Snapshot with { Status = RunStatus.Pending }, "start", now);
        var seen = answer is StartAnswer.Started started ? answer.Snapshot with { Run = started.Run } : answer.Snapshot;
        return Observation.Apply(run, seen, "start", now);
    }

    /// <summary>The attempt failed, and no other will be made.</summary>
    public static RunRow? Failed(RunRow run, Guid attempt, RunnerError error, DateTimeOffset now) =>
        !Awaits(run, attempt) ? null : error.Kind switch
        {
            RunnerErrorKind.Unconfirmed or RunnerErrorKind.Contract => Unknown(run, Unconfirmed, error.Message, now),
            _ => Fail(run, CodeOf(error.Kind), error, MayTryAgain(error), now),
        };

    /// <summary>Whether certainly nothing was done, so that a new attempt is safe.</summary>
    public static bool MayTryAgain(RunnerError error) => error.Kind is RunnerErrorKind.Unavailable or RunnerErrorKind.RateLimited;

    /// <summary>The run on a new attempt; the one before certainly did nothing.</summary>
    public static RunRow? Again(RunRow run, Guid attempt, Guid next, RunnerError error, DateTimeOffset now) =>
        !Awaits(run, attempt) || run.Status != RunStatus.Starting ? null : run with
        {
            Attempt = next,
            Attempts = run.Attempts + 1,
            Reason = "retrying",
            Detail = run.Detail with { Error = new RunError(CodeOf(error.Kind), "start", Words(error.Message), error.VendorCode, true) },
            UpdatedAt = now,
            Version = run.Version + 1,
        };

    /// <summary>Nobody can know. Null where that is already said.</summary>
    public static RunRow? Unknown(RunRow run, string reason, string message, DateTimeOffset now) => run.Final || (run.Status, run.Reason) == (RunStatus.Unknown, reason) ? null : run with
    {
        Status = RunStatus.Unknown,
        Reason = reason,
        LastKnownStatus = run.Status == RunStatus.Unknown ? run.LastKnownStatus : run.Status,
        Detail = run.Detail with { Error = new RunError(reason, run.Bound ? "run" : "start", Words(message), null, false) },
        UpdatedAt = now,
        Version = run.Version + 1,
    };

    public static RunRow Fail(RunRow run, string code, RunnerError error, bool retryable, DateTimeOffset now) => run with
    {
        Status = RunStatus.Failed,
        Reason = null,
        LastKnownStatus = null,
        Detail = RunDetail.Empty with { Error = new RunError(code, "start", Words(error.Message), error.VendorCode, retryable) },
        FinalAt = now,
        UpdatedAt = now,
        Version = run.Version + 1,
    };

    private static bool Awaits(RunRow run, Guid attempt) =>
        !run.Bound && run.Attempt == attempt && run.Status is (RunStatus.Starting or RunStatus.Unknown);

    private static string CodeOf(RunnerErrorKind kind) => kind switch
    {
        RunnerErrorKind.Unavailable => "vendor-unreachable",
        RunnerErrorKind.RateLimited => "vendor-throttled",
        RunnerErrorKind.Unauthorized => "vendor-auth-failed",
        _ => "vendor-rejected",
    };

    private static string? Words(string message) => Storable.Text(message, 1000);
}
