using System.Text.Json;

namespace WorkflowGateway.Adapters.Juo;

/// <summary>From Juo's answers, read field by field: any of them may be missing or of another type, and the rest still counts.</summary>
internal static class JuoMapping
{
    /// <summary>One of three answers, told apart by what they carry; null where it is none of them.</summary>
    public static StartAnswer? ToStartAnswer(JsonElement answer, Subject? subject)
    {
        // First the run id: a run that exists must not be lost over a word beside it.
        if (answer.Text("runId") is { } id && JuoAdapter.Juo.IsRunId(id))
        {
            var run = new RunRef(id, answer.NumberText("runVersion"), subject);
            return new StartAnswer.Started(run, Snapshot(answer, run));
        }

        var snapshot = Snapshot(answer, run: null);
        return snapshot switch
        {
            { Status: RunStatus.Skipped } => new StartAnswer.Declined(snapshot),
            { Status: RunStatus.Succeeded } => new StartAnswer.Finished(snapshot),
            _ => null,
        };
    }

    /// <summary>A run that was read; null where the answer has nothing of a run in it.</summary>
    public static RunSnapshot? ToSnapshot(JsonElement answer, RunRef asked)
    {
        if (answer.Member("runId") is null && answer.Member("status") is null && answer.Member("runVersion") is null) return null;
        var id = answer.Text("runId") is { } named && JuoAdapter.Juo.IsRunId(named) ? named : asked.VendorRunId;
        return Snapshot(answer, new RunRef(id, answer.NumberText("runVersion"), asked.Subject));
    }

    /// <summary>A run after a response; the answer may leave out its status, and then only what still waits can be told.</summary>
    public static RunSnapshot? ToRespondSnapshot(JsonElement answer, RunRef asked) =>
        ToSnapshot(answer, asked) is not { } snapshot ? null
        : answer.Member("status") is null && snapshot.Interactions.Count > 0 ? snapshot with { Status = RunStatus.Waiting, Reason = "interaction" }
        : snapshot;

    // The one status table. The words of the last two lines come instead of a run, never with one.
    private static (RunStatus Status, string? Reason) StatusOf(string? word, bool hasRun) => (word?.ToLowerInvariant(), hasRun) switch
    {
        ("running", true) => (RunStatus.Running, null),
        ("waiting_interaction", true) => (RunStatus.Waiting, "interaction"),
        ("completed", true) => (RunStatus.Succeeded, null),
        ("failed", true) => (RunStatus.Failed, null),
        ("cancelled" or "canceled", true) => (RunStatus.Canceled, null),
        ("no_workflow", false) => (RunStatus.Skipped, "no-workflow"),
        ("completed_silently", false) => (RunStatus.Succeeded, "silent"),
        _ => (RunStatus.Unknown, "unmapped-status"),
    };

    private static RunSnapshot Snapshot(JsonElement answer, RunRef? run)
    {
        var word = answer.Word("status");
        var (status, reason) = StatusOf(word, run is not null);
        var completion = answer.Object("completionData");
        return new RunSnapshot
        {
            Run = run,
            Status = status,
            Reason = reason,
            NativeStatus = word,
            Definition = answer.Text("workflowId") is { } id ? new RunDefinition(id, answer.NumberText("workflowVersion")) : null,
            Interactions = !status.IsFinal() && answer.Object("pendingInteraction") is { } pending && InteractionOf(pending) is { } one ? [one] : [],
            Outcome = OutcomeOf(answer) ?? (completion is { } data ? OutcomeOf(data) : null),
            EndStep = completion?.Object("endStep"),
            Result = answer.Member("result"),
            Error = ErrorOf(answer, status),
            FallbackToDefault = status == RunStatus.Skipped && answer.Member("fallbackToDefault") is not { ValueKind: JsonValueKind.False },
            InvalidatedResources = [.. answer.Items("invalidatedResources").Select(VendorJson.AsText).OfType<string>()],
            Native = answer,
        };
    }

    private static PendingInteraction? InteractionOf(JsonElement pending)
    {
        if (pending.Text("interactionId") is not { Length: > 0 } id) return null;
        var presentedAt = pending.Time("presentedAt");
        return new PendingInteraction
        {
            Id = id,
            Kind = "interaction",
            Step = pending.Text("stepId"),
            ActionType = pending.Text("actionType"),
            Config = pending.Member("actionConfig"),
            Responses = [.. pending.Items("availableResponses").Select(ResponseOf).OfType<InteractionResponse>()],
            PresentedAt = presentedAt,
            ExpiresAt = presentedAt is { } since && pending.Number("timeoutMs") is { } wait ? After(since, wait) : null,
        };
    }

    private static InteractionResponse? ResponseOf(JsonElement response) =>
        response.Text("type") is { } type ? new InteractionResponse(type, response.Text("label") ?? type) : null;

    // A timeout beyond the calendar is no deadline.
    private static DateTimeOffset? After(DateTimeOffset since, decimal milliseconds) =>
        milliseconds > 0 && milliseconds < (decimal)(DateTimeOffset.MaxValue - since).TotalMilliseconds - 1
            ? since.AddMilliseconds((double)milliseconds)
            : null;

    private static RunOutcome? OutcomeOf(JsonElement holder) =>
        holder.Object("outcome") is { } outcome && outcome.Text("type") is { } type ? new RunOutcome(type, outcome.Text("message")) : null;

    private static RunFailure? ErrorOf(JsonElement answer, RunStatus status) => (answer.Object("error"), status) switch
    {
        ({ } error, _) => new RunFailure(error.Text("code") ?? "execution_error", error.Text("message")),
        (null, RunStatus.Failed) => new RunFailure("execution_error", answer.Text("error")),
        _ => null,
    };
}
