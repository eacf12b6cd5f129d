using System.Globalization;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>The list of runs, newest first. It says only how many there are in total.</summary>
internal static class InteractlyList
{
    public static Answer Answer(SandboxRequest request, IEnumerable<InteractlyRun> newestFirst)
    {
        var faults = new JsonArray();
        var page = Whole(request, "page", 1, faults);
        var size = Whole(request, "size", 100, faults);
        var start = Time(request, "start", faults);
        var end = Time(request, "end", faults);
        if (faults.Count > 0) return Sandbox.Answer.Json(422, new JsonObject { ["detail"] = faults });

        var (workflow, status, search) = (request.QueryValue("workflow_id"), request.QueryValue("status"), request.QueryValue("search"));
        var matching = newestFirst
            .Where(run => workflow is null || run.WorkflowId.Equals(workflow, StringComparison.OrdinalIgnoreCase))
            .Where(run => status is null || run.Word == status)
            .Where(run => search is null || run.Id.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Where(run => !(run.CreatedAt < start) && !(run.CreatedAt > end))
            .ToList();
        var rows = matching.Skip((int)Math.Min(int.MaxValue, (page - 1L) * size)).Take(size).Select(run => run.ToRow());
        return Sandbox.Answer.Json(200, new JsonObject { ["workflow_runs"] = new JsonArray([.. rows]), ["total"] = matching.Count });
    }

    private static int Whole(SandboxRequest request, string name, int otherwise, JsonArray faults)
    {
        if (request.QueryValue(name) is not { } text) return otherwise;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 1) return number;
        faults.Add(InteractlyBody.Fault("greater_than_equal", [name], "Input should be greater than or equal to 1", "query"));
        return otherwise;
    }

    private static DateTimeOffset? Time(SandboxRequest request, string name, JsonArray faults)
    {
        if (request.QueryValue(name) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        faults.Add(InteractlyBody.Fault("datetime_from_date_parsing", [name], "Input should be a valid datetime", "query"));
        return null;
    }
}
