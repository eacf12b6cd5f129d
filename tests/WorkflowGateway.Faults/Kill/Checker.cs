using System.Text.RegularExpressions;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

/// <summary>Joins what the callers were told, what the gateway holds and what the vendors received. Pure.</summary>
internal static partial class Checker
{
    /// <summary>The keys and runs for which a vendor carried out more than one start.</summary>
    public static List<string> Doubled(IReadOnlyList<LedgerEntry> starts)
    {
        var processed = starts.Where(start => start.Processed).ToList();
        return [.. new[] { processed.GroupBy(KeyOf), processed.GroupBy(RunOf) }.SelectMany(groups => groups).Where(group => group.Count() > 1)
            .DistinctBy(group => group.First().Seq)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(start => $"#{start.Seq} {start.VendorRunId}"))}")];
    }

    public static Verdict Judge(History history, Evidence evidence, IReadOnlyList<LedgerEntry> starts)
    {
        var rows = evidence.Rows.ToDictionary(row => row.Id);
        var acknowledged = history.Attempts.Where(attempt => attempt.Reply is { Ok: true }).ToList();
        var processed = starts.Where(start => start.Processed).ToList();
        List<string> wrong =
        [
            .. processed.SelectMany(start => Unaccounted(start, rows)),
            .. rows.Values.Where(row => row.VendorRunId is { } id && processed.All(start => start.VendorRunId != id)).Select(row => $"{row} is bound to a run that no vendor started"),
            .. rows.Values.Where(row => row.Status == "starting").Select(row => $"{row} is starting still"),
            .. history.Attempts.GroupBy(attempt => attempt.Key).SelectMany(attempts => Renamed(attempts.Key, [.. attempts], evidence.Replays)),
            .. acknowledged.GroupBy(attempt => attempt.Reply!.RunId!).SelectMany(told => Regressed(told.Key, [.. told.Select(attempt => attempt.Reply!).Append(evidence.Readable[told.Key])])),
            .. evidence.Events.GroupBy(change => change.GetProperty("subject").GetString()!).SelectMany(Regressed),
            .. evidence.ExitCode != 0 ? [$"the last gateway ended with {evidence.ExitCode} when it was asked to end"] : Array.Empty<string>(),
        ];
        return new Verdict
        {
            Keys = history.Attempts.Select(attempt => attempt.Key).Distinct().Count(),
            Interrupted = history.Attempts.Count(attempt => attempt is { Reply: null, Refused: false }),
            Acknowledged = acknowledged.Select(attempt => attempt.Reply!.RunId).Distinct().Count(),
            Processed = processed.Count,
            Unknown = Unconfirmed(evidence).Count(),
            Settled = [.. Callers.Workflows.Select(vendor => (vendor, Unconfirmed(evidence).Count(id => rows.TryGetValue(id, out var row) && row.Connection == vendor && row.VendorRunId is not null)))],
            Lost = [.. evidence.Readable.Where(read => read.Value.RunId != read.Key || !rows.ContainsKey(read.Key)).Select(read => $"{read.Key}: {read.Value.Status} {read.Value.Body}")],
            Doubled = Doubled(starts),
            Wrong = wrong,
        };
    }

    private static IEnumerable<string> Unconfirmed(Evidence evidence) => evidence.Events
        .Where(change => change.GetProperty("data").GetProperty("run") is var run && run.GetProperty("statusReason").GetString() == "start-unconfirmed")
        .Select(change => change.GetProperty("subject").GetString()!).Distinct();

    private static IEnumerable<string> Unaccounted(LedgerEntry start, Dictionary<string, StoredRun> rows)
    {
        if (!rows.TryGetValue(RunOf(start), out var row)) yield return $"#{start.Seq} at {start.Vendor} was started for {RunOf(start)}, of which there is no row";
        else if (row.VendorRunId is null ? row.Status != "unknown" : row.VendorRunId != start.VendorRunId) yield return $"#{start.Seq} at {start.Vendor} made {start.VendorRunId}, but {row}";
        if (start.Marker is { } marker && marker.RunId != RunOf(start)) yield return $"#{start.Seq} carries the marker of another run, {marker.RunId}";
    }

    // Another run for the same key is right only after an answer that says that certainly nothing was processed.
    private static IEnumerable<string> Renamed(string key, List<Attempt> attempts, IReadOnlyDictionary<string, Reply> replays)
    {
        Reply? before = null;
        foreach (var reply in attempts.Select(attempt => attempt.Reply).Append(replays[key]).Where(reply => reply is { Ok: true }))
        {
            if (before is { Retryable: false } && before.RunId != reply!.RunId) yield return $"{key} was {before.RunId} and became {reply.RunId}";
            before = reply;
        }

        if (replays[key] is { Ok: false } or { Replayed: false }) yield return $"{key} is not replayed: {replays[key].Status} {replays[key].Body}";
    }

    private static IEnumerable<string> Regressed(string id, List<Reply> told) =>
        told.Zip(told.Skip(1)).Where(pair => pair.Second.Ok && (pair.Second.Version < pair.First.Version || (pair.First.Final && pair.Second.RunStatus != pair.First.RunStatus)))
            .Select(pair => $"{id} was version {pair.First.Version} {pair.First.RunStatus} and then {pair.Second.Version} {pair.Second.RunStatus}");

    private static IEnumerable<string> Regressed(IGrouping<string, System.Text.Json.JsonElement> changes)
    {
        var runs = changes.Select(change => change.GetProperty("data").GetProperty("run")).ToList();
        for (var i = 0; i < runs.Count; i++)
        {
            if (runs[i].GetProperty("version").GetInt64() != i + 1) yield return $"{changes.Key}: event {i + 1} is of version {runs[i].GetProperty("version")}";
            if (i > 0 && runs[i - 1].GetProperty("final").GetBoolean()) yield return $"{changes.Key} was {runs[i - 1].GetProperty("status")} and became {runs[i].GetProperty("status")}";
        }
    }

    private static string KeyOf(LedgerEntry start) => KeyPattern().Match(start.Body ?? "").Value;

    public static string RunOf(LedgerEntry start) => RunPattern().Match(start.Body ?? "").Value;

    [GeneratedRegex("k-[0-9]+-[0-9]+-[0-9]")]
    private static partial Regex KeyPattern();

    [GeneratedRegex("run_[0-9a-f]{32}")]
    private static partial Regex RunPattern();
}
