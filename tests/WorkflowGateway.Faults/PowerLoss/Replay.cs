using Microsoft.Data.Sqlite;

namespace WorkflowGateway.Faults.PowerLoss;

/// <param name="Points">Moments at which the power was cut.</param>
/// <param name="Acknowledged">Runs that callers were told, in the whole trace.</param>
/// <param name="Lost">Moments after which something that a caller knew was gone, each with an example.</param>
/// <param name="Broken">Moments after which the file was no sound database.</param>
internal sealed record PowerLossVerdict(int Points, int Acknowledged, IReadOnlyList<string> Lost, IReadOnlyList<string> Broken)
{
    public override string ToString() =>
        $"{Points} points, {Acknowledged} runs acknowledged: {Lost.Count} points with a loss, {Broken.Count} with a broken file{string.Concat(Lost.Concat(Broken).Take(5).Select(text => Environment.NewLine + text))}";
}

/// <summary>Cuts the power after many a write or sync of a trace, opens what is left, and looks for what callers had been told by then.</summary>
internal sealed class Replay(IReadOnlyList<DiskEvent> trace, Random chance)
{
    private readonly Dictionary<string, DiskEvent.Told> _told = [];

    /// <param name="folder">Where to put what is left; emptied again and again.</param>
    /// <param name="points">At how many moments, drawn from all after the first answer.</param>
    public PowerLossVerdict Run(string folder, int points)
    {
        var disk = new Disk();
        List<string> lost = [], broken = [];
        var first = trace.TakeWhile(change => change is not DiskEvent.Told).Count();
        var (cuts, left) = (0, trace.Skip(first).Count(IsMoment));
        points = Math.Min(points, left);
        for (var i = 0; i < trace.Count; i++)
        {
            if (trace[i] is DiskEvent.Told told) Remember(told);
            else disk.Apply(trace[i]);
            if (i < first || !IsMoment(trace[i])) continue;
            left--;
            if (chance.Next(left + 1) >= points - cuts) continue;
            cuts++;
            Cut(folder, torn: cuts % 2 == 0);
        }

        return new PowerLossVerdict(cuts, _told.Count, lost, broken);

        void Cut(string place, bool torn)
        {
            foreach (var old in Directory.GetFiles(place)) File.Delete(old);
            var ledger = Path.Combine(place, "gateway.db");
            if (torn) disk.WriteTornTo(ledger, chance);
            else disk.WriteTo(ledger);
            var what = torn ? $"point {cuts}, torn" : $"point {cuts}";
            try
            {
                if (Missing(ledger) is { } missing) lost.Add($"{what}: {missing}");
            }
            catch (Exception exception) when (exception is SqliteException or InvalidDataException)
            {
                broken.Add($"{what}: {exception.Message}");
            }
        }
    }

    private static bool IsMoment(DiskEvent change) => change is DiskEvent.Write or DiskEvent.Sync or DiskEvent.Truncate;

    private void Remember(DiskEvent.Told told)
    {
        if (!_told.TryGetValue(told.RunId, out var before) || before.Version < told.Version) _told[told.RunId] = told;
    }

    private string? Missing(string ledger)
    {
        // Opened as the gateway opens it: what is in the write-ahead log comes back.
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = ledger, Pooling = false }.ToString());
        connection.Open();
        using var check = connection.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        if (check.ExecuteScalar() is not "ok" and var wrong) throw new InvalidDataException($"{wrong}");
        var rows = new Dictionary<string, (long Version, string? VendorRunId)>();
        using var query = connection.CreateCommand();
        query.CommandText = "SELECT id, version, vendor_run_id FROM runs";
        using var reader = query.ExecuteReader();
        while (reader.Read()) rows["run_" + Convert.ToHexStringLower((byte[])reader[0])] = (reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetString(2));
        foreach (var told in _told.Values)
        {
            if (!rows.TryGetValue(told.RunId, out var row)) return $"{told.RunId} is gone";
            if (row.Version < told.Version || (told.VendorRunId is not null && row.VendorRunId != told.VendorRunId)) return $"{told} fell back to version {row.Version} {row.VendorRunId}";
        }

        return null;
    }
}
