using System.Text.Json;

namespace WorkflowGateway.Adapters.Fortanix;

/// <summary>Fortanix's answers in the gateway's words.</summary>
internal static class FortanixMapping
{
    /// <summary>The one status table.</summary>
    public static (RunStatus Status, string? Reason) ToStatus(string? word) => word?.ToUpperInvariant() switch
    {
        "PENDING" => (RunStatus.Pending, null),
        "RUNNING" => (RunStatus.Running, null),
        "TERMINATING" => (RunStatus.Stopping, null),
        "SUCCEEDED" => (RunStatus.Succeeded, null),
        "FAILED" => (RunStatus.Failed, null),
        "TERMINATED" => (RunStatus.Canceled, null),
        "UNKNOWN" => (RunStatus.Unknown, "vendor-reported-unknown"),
        _ => (RunStatus.Unknown, "unmapped-status"),
    };

    // Guid's own parser also takes blanks and signs. A run id is a uuid like all ids of this vendor.
    public static bool IsUuid(string? text) => FortanixAdapter.Vendor.IsRunId(text);

    public static bool IsPort(JsonElement port) =>
        port.ValueKind == JsonValueKind.Number && port.TryGetInt32(out var number) && number is >= 1 and <= 65535;

    /// <summary>The answer of a start, or null where it names no run.</summary>
    public static RunSnapshot? ToStarted(JsonElement answer, Subject? subject) =>
        IdOf(RunOf(answer)) is { } id ? ToSnapshot(answer, RunOf(answer), new RunRef(id, null, subject)) : null;

    /// <summary>The answer of a read or a stop, or null where it does not name the run that was asked for.</summary>
    public static RunSnapshot? ToAnswered(JsonElement answer, RunRef asked) =>
        string.Equals(IdOf(RunOf(answer)), asked.VendorRunId, StringComparison.OrdinalIgnoreCase)
            ? ToSnapshot(answer, RunOf(answer), asked with { Version = null })
            : null;

    /// <summary>
    /// A page of the list, or null where it makes no sense. One row without an id spoils the page: "the only candidate" must not come
    /// from a list with a hole. So does a page that ends where the one before ended.
    /// </summary>
    public static RunPage? ToPage(JsonElement answer, ListRuns query)
    {
        if (answer.Member("workflow_runs") is not { ValueKind: JsonValueKind.Array } array) return null;
        var rows = array.EnumerateArray().ToList();
        var ids = rows.Select(IdOf).ToList();
        var last = rows.Count >= query.Limit ? ids.LastOrDefault() : null;
        if (ids.Contains(null) || (last is not null && last.Equals(query.Cursor, StringComparison.OrdinalIgnoreCase))) return null;
        var asked = rows.Zip(ids).Where(row => query.Target is not { } target || FortanixStart.Matches(row.First, target));
        return new RunPage([.. asked.Select(row => ToSnapshot(row.First, row.First, new RunRef(row.Second!, null, null)))], last);
    }

    /// <summary>A read stands in an envelope, a row of the list does not.</summary>
    public static JsonElement RunOf(JsonElement answer) => answer.Object("run") ?? answer;

    // Lower case, because the ledger tells runs apart by the letter.
    private static string? IdOf(JsonElement run) => run.Text("run_id") is { } id && IsUuid(id) ? id.ToLowerInvariant() : null;

    private static RunSnapshot ToSnapshot(JsonElement answer, JsonElement run, RunRef reference)
    {
        var word = run.Word("run_status");
        var (status, reason) = ToStatus(word);
        return new RunSnapshot
        {
            Run = reference,
            Status = status,
            Reason = reason,
            NativeStatus = word,
            Definition = run.Text("graph_id") is { Length: > 0 } graph ? new RunDefinition(graph, run.Text("graph_version")) : null,
            // The vendor gives no cause: the logs may.
            Error = status == RunStatus.Failed ? new RunFailure("execution_error", null) : null,
            CreatedAt = run.UnixSeconds("created_at"),
            Native = answer,
        };
    }
}
