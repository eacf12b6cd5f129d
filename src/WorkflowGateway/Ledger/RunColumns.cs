using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>How a run becomes a row and back.</summary>
internal static class RunColumns
{
    /// <summary>Written once.</summary>
    private static readonly string[] Fixed =
        ["tenant", "id", "workflow", "vendor", "subject", "labels", "correlation_id", "parent_id", "dry_run", "key_hash"];

    /// <summary>Written with every version.</summary>
    private static readonly string[] Changing =
    [
        "status", "final", "reason", "native_status", "last_known_status", "connection", "connection_identity", "vendor_run_id", "vendor_version",
        "attempt", "attempts", "version", "route", "revision", "stop_requested", "detail", "deadline", "updated_at", "final_at", "observed_at", "observed_by",
    ];

    private static readonly string[] All = [.. Fixed, .. Changing];

    public static readonly string Select = string.Join(", ", All.Where(column => column != "observed_at").Select(column => "r." + column));

    private static readonly string InsertSql = $"INSERT INTO runs({string.Join(", ", All)}) VALUES({string.Join(", ", All.Select(column => "@" + column))})";

    // The guard: a row is only ever replaced by the next version of itself, and a final one never.
    private static readonly string UpdateSql =
        $"UPDATE runs SET {string.Join(", ", Changing.Select(column => $"{column}=@{column}"))} WHERE tenant=@tenant AND id=@id AND version=@seen AND final=0";

    public static Statement Insert(RunRow run, byte[]? keyHash) =>
        new(InsertSql, [.. FixedValues(run, keyHash), .. ChangingValues(run)]);

    public static Statement Update(RunRow run) =>
        new(UpdateSql, [.. ChangingValues(run), run.Tenant, run.Id.ToBytes(), run.Version - 1]);

    public static RunRow ToRow(RunRecord record) => new()
    {
        Tenant = record.Tenant,
        Id = RunId.FromBytes(record.Id),
        Workflow = record.Workflow,
        Status = Word<RunStatus>(record.Status),
        Reason = record.Reason,
        NativeStatus = record.NativeStatus,
        LastKnownStatus = record.LastKnownStatus is { } last ? Word<RunStatus>(last) : null,
        Vendor = record.Vendor,
        Connection = record.Connection,
        ConnectionIdentity = record.ConnectionIdentity,
        VendorRunId = record.VendorRunId,
        VendorVersion = record.VendorVersion,
        Subject = record.Subject,
        Attempt = new Guid(record.Attempt, bigEndian: true),
        Attempts = (int)record.Attempts,
        Version = record.Version,
        Route = record.Route,
        Revision = record.Revision,
        Labels = record.Labels is null ? RunRow.NoLabels : JsonSerializer.Deserialize(record.Labels, LedgerJson.Default.DictionaryStringString)!,
        CorrelationId = record.CorrelationId,
        ParentId = record.ParentId is { } parent ? RunId.FromBytes(parent) : null,
        DryRun = record.DryRun != 0,
        StopRequested = record.StopRequested != 0,
        Detail = record.Detail == EmptyDetail ? RunDetail.Empty : JsonSerializer.Deserialize(record.Detail, LedgerJson.Default.RunDetail)!,
        UpdatedAt = Time(record.UpdatedAt)!.Value,
        FinalAt = Time(record.FinalAt),
        ObservedAt = Time(record.ObservedAt),
        ObservedBy = record.ObservedBy,
        SyncError = record.SyncError,
    };

    public static string Word(RunStatus status) => Words[(int)status];

    public static T Word<T>(string word) where T : struct, Enum => Enum.Parse<T>(word, ignoreCase: true);

    public static string DetailText(RunDetail detail) =>
        ReferenceEquals(detail, RunDetail.Empty) ? EmptyDetail : JsonSerializer.Serialize(detail, LedgerJson.Default.RunDetail);

    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private static object?[] FixedValues(RunRow run, byte[]? keyHash) =>
    [
        run.Tenant, run.Id.ToBytes(), run.Workflow, run.Vendor, run.Subject,
        run.Labels.Count == 0 ? null : JsonSerializer.Serialize(new Dictionary<string, string>(run.Labels), LedgerJson.Default.DictionaryStringString),
        run.CorrelationId, run.ParentId?.ToBytes(), run.DryRun ? 1L : 0L, keyHash,
    ];

    private static object?[] ChangingValues(RunRow run) =>
    [
        Word(run.Status), run.Final ? 1L : 0L, run.Reason, run.NativeStatus, run.LastKnownStatus is { } last ? Word(last) : null,
        run.Connection, run.ConnectionIdentity, run.VendorRunId, run.VendorVersion,
        run.Attempt.ToByteArray(bigEndian: true), (long)run.Attempts, run.Version, run.Route, run.Revision, run.StopRequested ? 1L : 0L,
        DetailText(run.Detail), Deadline(run), Time(run.UpdatedAt), run.FinalAt is { } end ? Time(end) : null,
        run.ObservedAt is { } seen ? Time(seen) : null, run.ObservedBy,
    ];

    private static long? Deadline(RunRow run) => run.Final || run.Detail.Interactions.Count == 0
        ? null
        : run.Detail.Interactions.Min(interaction => interaction.ExpiresAt is { } end ? Time(end) : long.MaxValue);

    private const string EmptyDetail = "{}";
    private static readonly string[] Words = [.. Enum.GetNames<RunStatus>().Select(name => name.ToLowerInvariant())];
}
