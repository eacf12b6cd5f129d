using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>The list: a table that may lag the status, in keyset pages without a total or a next marker.</summary>
internal static class FortanixList
{
    private static readonly Dictionary<string, Func<FortanixRun, IComparable>> Keys = new()
    {
        ["run_id"] = run => run.Id,
        ["created_at"] = run => run.CreatedAt.ToUnixTimeMilliseconds(),
        ["graph_id"] = run => run.GraphId,
    };

    /// <summary>The answer's body, or the fault of the query.</summary>
    public static (JsonObject? Body, string? Fault) Read(SandboxRequest request, IEnumerable<FortanixRun> runs, DateTimeOffset now, Switches switches)
    {
        if (request.QueryValue("filter") is not null) return (null, "filter is not understood");
        var limit = 1000;
        if (request.QueryValue("limit") is { } text && (!int.TryParse(text, CultureInfo.InvariantCulture, out limit) || limit < 1)) return (null, "limit must be a positive integer");
        var (key, direction) = (request.QueryValue("sort_by") ?? "run_id:ASC").Split(',')[0].Split(':') switch
        {
            [var name, var way] => (name, way),
            [var name] => (name, "ASC"),
            _ => ("", ""),
        };
        if (!Keys.TryGetValue(key, out var by) || direction is not ("ASC" or "DESC")) return (null, "sort_by must be key:ASC or key:DESC");

        var then = now - TimeSpan.FromSeconds(switches.FortanixListLagSeconds);
        var seen = runs.Where(run => run.CreatedAt <= then);
        var sorted = (direction is "ASC" ? seen.OrderBy(by).ThenBy(run => run.Id, StringComparer.Ordinal) : seen.OrderByDescending(by).ThenByDescending(run => run.Id, StringComparer.Ordinal)).ToList();
        if (request.QueryValue("previous_id") is { } previous)
        {
            var at = sorted.FindIndex(run => run.Id.Equals(previous, StringComparison.OrdinalIgnoreCase));
            if (at < 0) return (null, "previous_id is not a run");
            if (key != "run_id" && request.QueryValue("previous_sort_value") is null) return (null, "previous_sort_value is needed");
            sorted.RemoveRange(0, at + 1);
        }

        var rows = sorted.Take(limit).Select(run => run.ToJson(run.WordAt(then), switches.FortanixCreatedAtUnit));
        return (new JsonObject { ["workflow_runs"] = new JsonArray([.. rows]) }, null);
    }
}
