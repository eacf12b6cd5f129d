using System.Diagnostics;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Telemetry;

/// <summary>The spans of the gateway. Where nobody listens they are null and cost nothing.</summary>
internal static class Tracing
{
    private const string Own = "WorkflowGateway";
    private const int LongestState = 512, MostLinks = 32;

    /// <summary>Whose spans are exported: the server's, ours, and those of <c>VendorTrace</c>.</summary>
    public static readonly string[] Sources = ["Microsoft.AspNetCore", Own, Own + ".Vendors"];

    private static readonly ActivitySource Source = new(Own);

    public static bool IsListened => Source.HasListeners();

    /// <summary>A step of what is under way.</summary>
    public static Activity? Step(string name, RunRow? run = null) => Source.StartActivity(name) is { } span ? About(span, run) : null;

    /// <summary>A step of a run's start, also where another process, or this one later, takes it.</summary>
    public static Activity? StepOf(RunRow run, string name)
    {
        if (!IsListened) return null;
        var parent = Activity.Current is null ? Parse(run.Trace) : default;
        return Source.StartActivity(name, ActivityKind.Internal, parent) is { } span ? About(span, run) : null;
    }

    /// <summary>What is done for a run later, on nobody's request: a trace of its own that leads to the one in which the run was started.</summary>
    public static Activity? Later(string name, RunRow run, ActivityKind kind = ActivityKind.Internal) => Later(name, [run], kind) is { } span ? About(span, run) : null;

    /// <summary>The same for several.</summary>
    public static Activity? Later(string name, IEnumerable<RunRow> runs, ActivityKind kind = ActivityKind.Internal)
    {
        if (!IsListened) return null;
        var links = runs.Select(run => Parse(run.Trace)).Where(context => context != default).Distinct().Take(MostLinks).Select(context => new ActivityLink(context)).ToList();
        return Source.StartActivity(name, kind, default(ActivityContext), tags: null, links);
    }

    /// <summary>What is kept of the trace that is under way.</summary>
    public static string? Current()
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } parent } current) return null;
        var state = current.TraceStateString;
        return string.IsNullOrEmpty(state) || state.Length > LongestState || state.Any(letter => letter is < ' ' or > '~') ? parent : $"{parent} {state}";
    }

    private static Activity About(Activity span, RunRow? run)
    {
        if (run is null || !span.IsAllDataRequested) return span;
        span.SetTag("gateway.run_id", run.Id.ToString());
        span.SetTag("gateway.connection", run.Connection);
        span.SetTag("gateway.vendor", run.Vendor);
        return span;
    }

    private static ActivityContext Parse(string? kept)
    {
        if (kept is null) return default;
        var end = kept.IndexOf(' ', StringComparison.Ordinal);
        return ActivityContext.TryParse(end < 0 ? kept : kept[..end], end < 0 ? null : kept[(end + 1)..], isRemote: true, out var context) ? context : default;
    }
}
