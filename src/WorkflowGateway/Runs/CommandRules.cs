namespace WorkflowGateway.Runs;

/// <summary>Whether a command may be given to a run as it is. Pure.</summary>
internal static class CommandRules
{
    /// <exception cref="RefusedException">It may not; nothing was done.</exception>
    public static void Check(RunRow run, CommandRequest request, RunnerInfo info, bool answered, DateTimeOffset now)
    {
        if (request.IfMatch is { } seen && seen != run.Version)
            throw Refuse(run, "precondition-failed", $"The run is at version {run.Version}; If-Match names {seen}. Read it again and decide anew.");
        if (!info.Operations.Contains(request.Operation))
            throw Refuse(run, "capability-unsupported", $"{info.DisplayName} has no {RunViewWords.Of(request.Operation)}. See the run's actions for what it has.");
        // Who comes second wants to know that somebody answered, also when the run has ended since.
        if (answered)
            throw Refuse(run, "interaction-already-answered", $"The interaction {request.InteractionId} was answered already.");
        if (request.Operation == RunOperation.Respond && !run.Final) CheckAnswer(run, request, now);
        if (RunViewActions.WhyNot(run, info, request.Operation) is { } reason)
            throw Refuse(run, "action-unavailable", reason);
    }

    public static RefusedException Refuse(RunRow run, string code, string detail) => new(code, detail) { Run = run, Vendor = run.Vendor };

    private static void CheckAnswer(RunRow run, CommandRequest request, DateTimeOffset now)
    {
        var id = request.InteractionId!;
        var pending = run.Detail.Interactions.FirstOrDefault(interaction => interaction.Id == id)
            ?? throw Refuse(run, "interaction-not-pending", Pending(run, id));
        if (pending.ExpiresAt is { } end && end <= now) throw Refuse(run, "interaction-expired", $"The interaction {id} expired at {end.UtcDateTime:O}.");
        if (pending.Responses.Any(response => response.Type == request.Type)) return;
        var types = string.Join(", ", pending.Responses.Select(response => response.Type));
        throw new RefusedException("validation-failed", $"The interaction {id} takes no answer of type {request.Type}.")
        {
            Errors = [new FieldError("/type", $"Write one of: {types}.")],
            Run = run,
        };
    }

    private static string Pending(RunRow run, string id) => run.Detail.Interactions.Count == 0
        ? $"The interaction {id} is not pending: the run waits for no answer."
        : $"The interaction {id} is not pending; {string.Join(", ", run.Detail.Interactions.Select(interaction => interaction.Id))} is.";
}
