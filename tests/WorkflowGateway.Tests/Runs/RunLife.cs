using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runs;

/// <summary>What may happen to a run, drawn once, so that a life can be lived again without some of its steps.</summary>
/// <param name="What">An answer, a failure, another attempt, giving up, a stop, a restart, a read.</param>
/// <param name="Attempt">Of which attempt so far; the count wraps around.</param>
/// <param name="Kind">Which kind of answer, error or reason.</param>
/// <param name="Status">What the vendor says.</param>
/// <param name="VendorRun">Which run it names.</param>
/// <param name="VendorVersion">Which version of it; 0 for none.</param>
internal readonly record struct LifeStep(LifeEvent What, int Attempt, int Kind, RunStatus Status, int VendorRun, int VendorVersion);

internal enum LifeEvent
{
    Answer,
    Failure,
    Again,
    GiveUp,
    Stop,
    Restart,
    Read,
}

/// <summary>The rules as the gateway has them. Broken on purpose by those that derive from it.</summary>
internal class LifeRules
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    public virtual RunRow? Answered(RunRow run, Guid attempt, StartAnswer answer) => StartDecision.Answered(run, attempt, answer, Now);

    public virtual RunRow? Failed(RunRow run, Guid attempt, RunnerError error) => StartDecision.Failed(run, attempt, error, Now);

    public virtual RunRow? Again(RunRow run, Guid attempt, Guid next, RunnerError error) => StartDecision.Again(run, attempt, next, error, Now);

    public virtual RunRow? GivenUp(RunRow run, string reason) => StartDecision.Unknown(run, reason, "m", Now);

    public virtual RunRow? Seen(RunRow run, RunSnapshot seen) => Observation.Apply(run, seen, "poll", Now);

    /// <summary>What is written, read again.</summary>
    public virtual RunRow Reloaded(RunRow run) => RunColumns.DetailText(run.Detail) is not "{}" and var text
        ? run with { Detail = System.Text.Json.JsonSerializer.Deserialize(text, LedgerJson.Default.RunDetail)! }
        : run with { Detail = RunDetail.Empty };
}

/// <summary>One life: the steps, done by the rules and by the model, and the first thing in which the two differ.</summary>
internal sealed class RunLife(LifeRules rules, IReadOnlyList<LifeStep> steps)
{
    private static readonly System.Text.Json.JsonElement Native = System.Text.Json.JsonSerializer.SerializeToElement(new { });
    private static readonly RunnerErrorKind[] Errors = Enum.GetValues<RunnerErrorKind>();

    public RunStatus End { get; private set; }

    /// <summary>What is wrong, or null.</summary>
    public string? Live()
    {
        var run = Sample.Run(RunStatus.Starting) with { Version = 1 };
        List<Guid> attempts = [run.Attempt];
        var model = new RunModel();
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            var attempt = step.Attempt % attempts.Count;
            var after = Do(run, step, attempts[attempt]) ?? run;
            if (after.Attempt != run.Attempt) attempts.Add(after.Attempt);
            model = model.Next(step with { Attempt = attempt });
            var actual = RunModel.Of(after, attempts.IndexOf(after.Attempt));
            if (actual != model) return $"step {i + 1} of {steps.Count}: it is {actual}, but should be {model}";
            if (Unsound(after) is { } unsound) return $"step {i + 1} of {steps.Count}: {unsound} in {actual}";
            run = after;
        }

        End = run.Status;
        return null;
    }

    private RunRow? Do(RunRow run, LifeStep step, Guid attempt)
    {
        var error = new RunnerError { Kind = Errors[step.Kind % Errors.Length], Message = "m" };
        return step.What switch
        {
            LifeEvent.Answer => rules.Answered(run, attempt, AnswerOf(step)),
            LifeEvent.Failure => rules.Failed(run, attempt, error),
            LifeEvent.Again => rules.Again(run, attempt, Sample.Random(), error),
            LifeEvent.GiveUp => rules.GivenUp(run, RunModel.ReasonOf(step)),
            LifeEvent.Stop when !run.Final => run with { StopRequested = !run.Bound, Version = run.Version + 1 },
            LifeEvent.Restart => rules.Reloaded(run),
            // A vendor may leave out which run it speaks of.
            LifeEvent.Read when run.Bound => rules.Seen(run, SnapshotOf(step) with { Run = step.Kind % 3 == 0 ? null : new RunRef(run.VendorRunId!, VersionOf(step), null) }),
            _ => null,
        };
    }

    private static StartAnswer AnswerOf(LifeStep step) => RunModel.AnswerOf(step) switch
    {
        "accepted" => new StartAnswer.Accepted(SnapshotOf(step) with { Run = null }),
        "declined" => new StartAnswer.Declined(SnapshotOf(step) with { Run = null, Status = RunStatus.Skipped }),
        "finished" => new StartAnswer.Finished(SnapshotOf(step) with { Run = null, Status = RunStatus.Succeeded }),
        _ => new StartAnswer.Started(SnapshotOf(step).Run!, SnapshotOf(step)),
    };

    private static RunSnapshot SnapshotOf(LifeStep step) => new()
    {
        Run = new RunRef(RunModel.VendorRunOf(step), VersionOf(step), null),
        Status = step.Status,
        NativeStatus = "w",
        Interactions = step.VendorRun == 0 ? [Sample.Interaction("i1")] : [],
        Native = Native,
    };

    private static string? VersionOf(LifeStep step) => step.VendorVersion == 0 ? null : $"{step.VendorVersion}";

    // What holds for every run, whatever happened to it.
    private static string? Unsound(RunRow run) => run switch
    {
        { Status: RunStatus.Unknown, LastKnownStatus: null } => "nothing is known of before",
        { Status: not RunStatus.Unknown, LastKnownStatus: not null } => "what was known before stands beside what is known",
        { Status: RunStatus.Unknown, Reason: null } => "no reason is given",
        _ when run.Final != (run.FinalAt is not null) => "the time of the end is wrong",
        { Status: RunStatus.Failed, Detail.Error: null } => "a failure has no error",
        { Final: true, Detail.Interactions.Count: > 0 } => "an ended run asks",
        _ => null,
    };
}
