using System.Data.Common;
using System.Text.Json;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>How a run becomes a row and back.</summary>
internal static class RunColumns
{
    /// <summary>Written once: a run stays with its connection for life. Only before it is bound it may be moved.</summary>
    private static readonly string[] Fixed =
    [
        "tenant", "id", "workflow", "vendor", "subject", "labels", "correlation_id", "parent_id", "dry_run", "key_hash",
        "connection", "connection_identity", "route", "revision", "trace", "asked",
    ];

    /// <summary>Written with every version.</summary>
    private static readonly string[] Changing =
    [
        "status", "final", "reason", "native_status", "last_known_status", "vendor_run_id", "vendor_version",
        "attempt", "attempts", "version", "stop_requested", "detail", "deadline", "updated_at", "final_at", "observed_at", "observed_by",
    ];

    private static readonly string[] All = [.. Fixed, .. Changing];

    // Only searched by, worked out from others, or found in two places.
    private static readonly string[] Unread = ["key_hash", "asked", "final", "deadline", "observed_at"];

    public static readonly string Select = string.Join(", ", All.Except(Unread).Select(column => "r." + column));

    private static readonly string InsertSql = $"INSERT INTO runs({string.Join(", ", All)}) VALUES({string.Join(", ", All.Select(column => "@" + column))})";

    // The guard: a row is only ever replaced by the next version of itself, and a final one never.
    private static readonly string UpdateSql =
        $"UPDATE runs SET {string.Join(", ", Changing.Select(column => $"{column}=@{column}"))} WHERE tenant=@tenant AND id=@id AND version=@seen AND final=0";

    // What no key opened and nobody saw anew is left as it is: somebody may still bring the key.
    private static readonly string[] OfDetail = ["detail", "deadline"];

    private static readonly string UpdateAroundDetailSql = OfDetail.Aggregate(UpdateSql, (sql, column) => sql.Replace($" {column}=@{column},", "", StringComparison.Ordinal));

    public static Statement Insert(RunRow run, byte[]? keyHash, Sealer sealer) =>
        new(InsertSql, [.. FixedValues(run, keyHash, sealer), .. ChangingValues(run, sealer)]);

    public static Statement Update(RunRow run, Sealer sealer)
    {
        var values = ChangingValues(run, sealer);
        var around = run.DetailClosed && ReferenceEquals(run.Detail, RunDetail.Empty);
        IEnumerable<object?> changed = around ? Changing.Zip(values).Where(one => !OfDetail.Contains(one.First)).Select(one => one.Second) : values;
        return new(around ? UpdateAroundDetailSql : UpdateSql, [.. changed, run.Tenant, run.Id.ToBytes(), run.Version - 1]);
    }

    /// <summary>Over another route, beside the update to the same version; a bound run never.</summary>
    public static Statement Move(RunRow run) => new(
        "UPDATE runs SET vendor=@vendor, connection=@connection, connection_identity=@connection_identity, route=@route WHERE tenant=@tenant AND id=@id AND version=@version AND vendor_run_id IS NULL AND final=0",
        run.Vendor, run.Connection, run.ConnectionIdentity, run.Route, run.Tenant, run.Id.ToBytes(), run.Version);

    /// <summary>The run in the row that a reader stands at, selected as <see cref="Select"/> followed by the freshness of its work row.</summary>
    public static RunRow ToRow(DbDataReader row, Sealer sealer)
    {
        var columns = new ColumnReader(row);
        var (tenant, id) = (columns.Text(), RunId.FromBytes(columns.Bytes()));
        // Initializers run in the order in which they stand, which is the order of the columns.
        return new RunRow
        {
            Tenant = tenant,
            Id = id,
            Workflow = columns.Text(),
            Vendor = columns.Text(),
            Subject = columns.TextOrNull() is { } subject ? sealer.OpenText(subject, tenant, id, SubjectKind) : null,
            Labels = LabelsOf(columns.TextOrNull()),
            CorrelationId = columns.TextOrNull(),
            ParentId = columns.BytesOrNull() is { } parent ? RunId.FromBytes(parent) : null,
            DryRun = columns.Number() != 0,
            Connection = columns.Text(),
            ConnectionIdentity = columns.Text(),
            Route = columns.Text(),
            Revision = columns.Text(),
            Trace = columns.TextOrNull(),
            Status = Word<RunStatus>(columns.Text()),
            Reason = columns.TextOrNull(),
            NativeStatus = columns.TextOrNull(),
            LastKnownStatus = columns.TextOrNull() is { } last ? Word<RunStatus>(last) : null,
            VendorRunId = columns.TextOrNull(),
            VendorVersion = columns.TextOrNull(),
            Attempt = new Guid(columns.Bytes(), bigEndian: true),
            Attempts = (int)columns.Number(),
            Version = columns.Number(),
            StopRequested = columns.Number() != 0,
            Detail = DetailOf(sealer.OpenText(columns.Text(), tenant, id, DetailKind), out var closed),
            DetailClosed = closed,
            UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(columns.Number()),
            FinalAt = Time(columns.NumberOrNull()),
            ObservedBy = columns.TextOrNull(),
            ObservedAt = Time(columns.NumberOrNull()),
            SyncError = columns.TextOrNull() is { } error ? sealer.OpenText(error, tenant, id, SyncErrorKind) ?? "sealed" : null,
        };
    }

    public static T Word<T>(string word) where T : struct, Enum => Enum.Parse<T>(word, ignoreCase: true);

    public static string DetailText(RunDetail detail) =>
        ReferenceEquals(detail, RunDetail.Empty) ? EmptyDetail : JsonSerializer.Serialize(detail, LedgerJson.Default.RunDetail);

    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private static object?[] FixedValues(RunRow run, byte[]? keyHash, Sealer sealer) =>
    [
        run.Tenant, run.Id.ToBytes(), run.Workflow, run.Vendor, run.Subject is { } subject ? sealer.SealText(subject, run.Tenant, run.Id, SubjectKind) : null,
        run.Labels.Count == 0 ? null : JsonSerializer.Serialize(new Dictionary<string, string>(run.Labels), LedgerJson.Default.DictionaryStringString),
        run.CorrelationId, run.ParentId?.ToBytes(), run.DryRun ? 1L : 0L, keyHash, run.Connection, run.ConnectionIdentity, run.Route, run.Revision, run.Trace,
        run.Asked is null ? null : JsonSerializer.Serialize(run.Asked, LedgerJson.Default.StartAsked),
    ];

    private static object?[] ChangingValues(RunRow run, Sealer sealer) =>
    [
        RunViewWords.Of(run.Status), run.Final ? 1L : 0L, run.Reason, run.NativeStatus, run.LastKnownStatus is { } last ? RunViewWords.Of(last) : null,
        run.VendorRunId, run.VendorVersion,
        run.Attempt.ToByteArray(bigEndian: true), (long)run.Attempts, run.Version, run.StopRequested ? 1L : 0L,
        ReferenceEquals(run.Detail, RunDetail.Empty) ? EmptyDetail : sealer.SealText(DetailText(run.Detail), run.Tenant, run.Id, DetailKind), Deadline(run), Time(run.UpdatedAt), run.FinalAt is { } end ? Time(end) : null,
        run.ObservedAt is { } seen ? Time(seen) : null, run.ObservedBy,
    ];

    public static IReadOnlyDictionary<string, string> LabelsOf(string? json) =>
        json is null ? RunRow.NoLabels : JsonSerializer.Deserialize(json, LedgerJson.Default.DictionaryStringString)!;

    // What nobody can open any more is told as absent: the run itself is still known.
    private static RunDetail DetailOf(string? json, out bool closed)
    {
        closed = json is null;
        return json is null or EmptyDetail ? RunDetail.Empty : JsonSerializer.Deserialize(json, LedgerJson.Default.RunDetail)!;
    }

    /// <summary>When the first of what the run waits for expires; null where it waits for nothing.</summary>
    public static long? Deadline(RunRow run) => run.Final || run.Detail.Interactions.Count == 0
        ? null
        : run.Detail.Interactions.Min(interaction => interaction.ExpiresAt is { } end ? Time(end) : long.MaxValue);

    private const string EmptyDetail = "{}", DetailKind = "detail";

    /// <summary>The place of why a run could not be read.</summary>
    public const string SyncErrorKind = "sync-error";

    /// <summary>The place of a run's subject, as what is sealed there knows it.</summary>
    public const string SubjectKind = "subject";
}
