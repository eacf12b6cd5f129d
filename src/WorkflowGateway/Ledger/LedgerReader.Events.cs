using System.Data.Common;
using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

internal sealed record EventRow(long Seq, string Tenant, RunId RunId, long Version, DateTimeOffset At, string Type, string Data);

/// <summary>A part of the log.</summary>
/// <param name="Rows">Oldest first.</param>
/// <param name="Next">Up to here the rows are all there was; where to go on.</param>
/// <param name="Watermark">Up to here events may be missing among them, because their runs were purged.</param>
/// <param name="Last">The last sequence number given out just before they were read.</param>
internal sealed record EventRows(IReadOnlyList<EventRow> Rows, long Next, long Watermark, long Last);

internal sealed partial class LedgerReader
{
    private const string Watermark = "SELECT seq FROM watermarks WHERE name=@name";
    // The events that were the newest may be purged: the watermark knows of them.
    private const string LastEvent = "SELECT COALESCE(MAX(seq), 0) FROM (SELECT MAX(seq) AS seq FROM events UNION ALL SELECT seq FROM watermarks WHERE name=@name) p";

    /// <summary>A part of the log, with what is to be known to go on from it without a hole.</summary>
    public ValueTask<EventRows> ReadEventsAsync(string? tenant, RunId? run, long after, int limit) => pool.UseAsync(async reader =>
    {
        // Before the rows: whatever is up to there, is among them.
        var last = await LastAsync(reader.Connection);
        var rows = await EventsAsync(reader.Connection, tenant, run, after, limit);
        // After the rows: who took some of them away has raised it before.
        var watermark = await WatermarkAsync(reader.Connection);
        return new EventRows(rows, Math.Max(rows.Count == limit ? 0 : last, rows.Count > 0 ? rows[^1].Seq : after), watermark, last);
    });

    /// <summary>The last sequence number that was given out, as far as anybody can know; 0 before the first event.</summary>
    public ValueTask<long> FindLastEventAsync() => pool.UseAsync(async reader => await LastAsync(reader.Connection));

    /// <summary>After which sequence the newest events begin, at most so many.</summary>
    public ValueTask<long> FindNewestEventsAsync(int count) => pool.UseAsync(async reader =>
        await reader.Connection.ExecuteScalarAsync<long>("SELECT COALESCE(MIN(seq), 1) - 1 FROM (SELECT seq FROM events ORDER BY seq DESC LIMIT @count) p", new { count }));

    /// <summary>Up to which sequence events may be missing.</summary>
    public ValueTask<long> FindWatermarkAsync() => pool.UseAsync(async reader => await WatermarkAsync(reader.Connection));

    private static async Task<long> WatermarkAsync(DbConnection connection) => await connection.ExecuteScalarAsync<long?>(Watermark, new { name = RetentionTable.Events }) ?? 0;

    private static Task<long> LastAsync(DbConnection connection) => connection.ExecuteScalarAsync<long>(LastEvent, new { name = RetentionTable.Events });

    private async ValueTask<IReadOnlyList<EventRow>> EventsAsync(DbConnection connection, string? tenant, RunId? run, long after, int limit)
    {
        // A run's events are found by its id: their order is that of its versions, and the concatenation keeps the tenant's index, and with it all its events, out.
        var sql = "SELECT seq, tenant, run_id, version, at, type, data FROM events WHERE seq > @after" + (run is null
            ? (tenant is null ? "" : " AND tenant = @tenant") + " ORDER BY seq LIMIT @limit"
            : (tenant is null ? "" : " AND tenant || '' = @tenant") + " AND run_id = @run ORDER BY version LIMIT @limit");
        return [.. (await connection
            .QueryAsync<(long Seq, string Tenant, byte[] RunId, long Version, long At, string Type, string Data)>(sql, new { after, tenant, run = run?.ToBytes(), limit }))
            .Select(row => new EventRow(
                row.Seq, row.Tenant, RunId.FromBytes(row.RunId), row.Version, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Type, DataOf(row.Data, row.Tenant, RunId.FromBytes(row.RunId), row.Version)))];
    }

    // What nobody can open any more still has its place: a hole would be told as one.
    private string DataOf(string data, string tenant, RunId run, long version) => sealer.OpenText(data, tenant, run, EventDraft.Kind(version)) ?? string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $$$"""{"run":{"id":"{{{run}}}","workflow":null,"status":"unknown","statusReason":"sealed","final":false,"vendor":null,"connection":null,"correlationId":null,"labels":{},"version":{{{version}}}},"cause":"sealed"}""");
}
