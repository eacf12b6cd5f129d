using System.Text.Json;

namespace WorkflowGateway.Adapters.Interactly;

/// <summary>Interactly's answers in the gateway's words.</summary>
internal static class InteractlyMapping
{
    public const string ReplyType = "input";

    /// <summary>The one status table.</summary>
    public static (RunStatus Status, string? Reason) ToStatus(string? word) => word?.ToLowerInvariant() switch
    {
        "not_started" or "pending" => (RunStatus.Pending, null),
        "started" or "running" => (RunStatus.Running, null),
        "waiting_for_user_input" => (RunStatus.Waiting, "input"),
        "paused" => (RunStatus.Paused, null),
        "completed" => (RunStatus.Succeeded, null),
        "failed" => (RunStatus.Failed, null),
        "cancelled" => (RunStatus.Canceled, null),
        "aborted_looping_risk" => (RunStatus.Failed, "looping-risk"),
        _ => (RunStatus.Unknown, "unmapped-status"),
    };

    /// <summary>The id of a run, or null where this is none.</summary>
    public static string? RunIdOf(JsonElement answer) => Ids(Model(answer)).FirstOrDefault();

    /// <summary>The answer of a start, or null where it names no run.</summary>
    public static RunSnapshot? ToStarted(JsonElement answer, Subject? subject) =>
        Ids(Model(answer)).FirstOrDefault() is { } id ? ToSnapshot(answer, Model(answer), new RunRef(id, null, subject)) : null;

    /// <summary>The answer of a read or a command, or null where it does not name the run that was asked for.</summary>
    public static RunSnapshot? ToAnswered(JsonElement answer, RunRef asked) =>
        Ids(Model(answer)).Contains(asked.VendorRunId, StringComparer.OrdinalIgnoreCase) ? ToSnapshot(answer, Model(answer), asked with { VendorRunId = asked.VendorRunId.ToLowerInvariant(), Version = null }) : null;

    /// <summary>A page of the list, or null where there is none. A row that names no run is left out: nothing could be read by it.</summary>
    public static RunPage? ToPage(JsonElement answer, InteractlyListPage page, string? workflowId)
    {
        if (answer.Member("workflow_runs") is not { ValueKind: JsonValueKind.Array } rows) return null;
        var count = rows.GetArrayLength();
        var more = answer.Number("total") is { } total ? (decimal)page.Number * page.Size < total : count >= page.Size;
        return new RunPage([.. rows.EnumerateArray().Where(IsAsked).SelectMany(ToRow)], more && count > 0 ? page.Next : null);

        // Whether the filter is one object or flat is not settled, so it may not have been understood.
        bool IsAsked(JsonElement row) =>
            workflowId is null || row.Object("workflow_run")?.Text("workflow_id") is not { } id || id.Equals(workflowId, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<RunSnapshot> ToRow(JsonElement row) => Ids(row).Take(1).Select(id => ToSnapshot(row, row, new RunRef(id, null, null)));

    // The run's own envelope has an _id; one more stands around it everywhere but in rows. Names alone do not tell: both are workflow_run.
    private static JsonElement Model(JsonElement answer) =>
        answer.Member("_id") is null && answer.Object("workflow_run") is { } model ? model : answer;

    // Lower case, because the ledger tells runs apart by the letter.
    private static IEnumerable<string> Ids(JsonElement model) =>
        new[] { model.Object("workflow_run")?.Text("workflow_run_id"), model.Text("_id") }.Where(InteractlyAdapter.Vendor.IsRunId).Select(id => id!.ToLowerInvariant());

    private static RunSnapshot ToSnapshot(JsonElement answer, JsonElement model, RunRef run)
    {
        var inner = model.Object("workflow_run") ?? default;
        var word = inner.Word("status");
        var (status, reason) = ToStatus(word);
        var turns = inner.Items("input_output_pairs").ToList();
        return new RunSnapshot
        {
            Run = run,
            Status = status,
            Reason = reason,
            NativeStatus = word,
            Definition = inner.Text("workflow_id") is { Length: > 0 } id ? new RunDefinition(id, inner.NumberText("version_number")) : null,
            // Null pairs are no pairs: which turn it is cannot be said then.
            Interactions = status == RunStatus.Waiting && inner.Member("input_output_pairs") is { ValueKind: JsonValueKind.Array } ? [ToInteraction(turns)] : [],
            Result = turns.Select(turn => turn.Object("run_output")?.Member("thread_to_node_outputs")).LastOrDefault(output => output is not null),
            Error = status == RunStatus.Failed ? ToFailure(reason, inner) : null,
            CreatedAt = model.Time("created_at"),
            EndedAt = status.IsFinal() ? model.Time("updated_at") : null,
            Markers = [.. turns.Select(InteractlyInput.MarkerOf).OfType<RunMarker>()],
            // The start makes the first turn.
            ShowsMarkers = turns.Count > 0 && turns[0].Object("run_input") is not null,
            Native = answer,
        };
    }

    private static PendingInteraction ToInteraction(List<JsonElement> turns) => new()
    {
        Id = $"turn-{turns.Count}",
        Kind = "input",
        Config = turns.Count == 0 ? null : turns[^1].Object("run_output"),
        Responses = [new InteractionResponse(ReplyType, "Reply")],
    };

    private static RunFailure ToFailure(string? reason, JsonElement inner) =>
        new(reason == "looping-risk" ? "aborted_looping_risk" : inner.Text("termination_source") is { Length: > 0 and <= VendorJson.MaxWord } source ? source : "execution_error", null);
}
