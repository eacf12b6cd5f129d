using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using WorkflowGateway.Api;

namespace WorkflowGateway.Plans;

/// <summary>A plan for people.</summary>
internal static class PlanText
{
    public static readonly ApiJson Json = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static void Write(TextWriter to, PlanView plan, string before, string after, double hours)
    {
        to.WriteLine($"Before  {Short(plan.Before)}  {before}");
        to.WriteLine($"After   {Short(plan.After)}  {after}{(plan.Before == plan.After ? "  (the same content)" : "")}");
        to.WriteLine(Text($"Starts  {plan.Replayed} of the last {hours} h replayed: {Counts(plan.Starts)}{(plan.NotReplayed > 0 ? $"; {plan.NotReplayed} older ones not" : "")}"));
        foreach (var workflow in plan.Workflows) Write(to, workflow);
        if (plan.Connections.Count > 0)
        {
            to.WriteLine();
            to.WriteLine("Connections");
            Table(to, [.. plan.Connections.Select(one => new[] { one.Name, one.Vendor, one.Change, one.AccountChanges ? "ANOTHER ACCOUNT" : string.Join(", ", one.Members), one.OpenRuns == 0 ? "" : Runs(one.OpenRuns) + " open" })]);
        }

        if (plan.Webhooks.Count > 0)
        {
            to.WriteLine();
            to.WriteLine("Webhooks");
            Table(to, [.. plan.Webhooks.Select(one => new[] { one.Name, one.Change })]);
        }

        if (plan.Warnings.Count > 0)
        {
            to.WriteLine();
            to.WriteLine("Look at");
            foreach (var warning in plan.Warnings) to.WriteLine($"  {warning.Level,-8} {warning.Detail}");
        }

        to.WriteLine();
        to.WriteLine(plan.Breaks ? "This switch would be noticed: starts that fail, operations that are missing, or open runs that are lost."
            : plan.Starts.CannotTell > 0 ? Text($"No start is known to fail; of {plan.Starts.CannotTell} nobody can tell.") : plan.Starts.WouldFail > 0 ? "No start would fail that is not refused today as well." : "No start would fail.");
    }

    private static void Write(TextWriter to, PlanWorkflowView workflow)
    {
        to.WriteLine();
        to.WriteLine($"{workflow.Name}  {workflow.Change}{(workflow.Members.Count > 0 ? ": " + string.Join(", ", workflow.Members) : "")}");
        List<string[]> rows = workflow.Starts.Total == 0 ? [] : [["starts", "today", "", "then", "differs"]];
        rows.AddRange(workflow.Flows.Select(flow => new[] { Number(flow.Starts), Place(flow.From), "->", Place(flow.To), flow.Changes.Count == 0 ? "same" : string.Join(", ", flow.Changes) }));
        rows.AddRange(workflow.Failures.Select(reason => new[] { Number(reason.Starts), Place(reason.From), "->", "WOULD FAIL", reason.Code }));
        rows.AddRange(workflow.Unknown.Select(reason => new[] { Number(reason.Starts), Place(reason.From), "->", "cannot tell", reason.Code }));
        Table(to, rows, right: 0);
        foreach (var reason in workflow.Failures.Concat(workflow.Unknown))
        {
            to.WriteLine($"  {reason.Code}: {reason.Detail}");
            to.WriteLine($"    {string.Join(", ", reason.Examples)}{(reason.AlsoBefore > 0 ? Text($"  ({reason.AlsoBefore} refused today as well)") : "")}");
        }

        if (workflow.Operations.Count > 0)
            to.WriteLine($"  Callers also used {string.Join(", ", workflow.Operations.Select(use => $"{use.Operation} on {Runs(use.Runs)}{(use.Lacking > 0 ? $" ({string.Join(", ", use.Vendors)} has none)" : "")}"))}.");
        foreach (var runs in workflow.OpenRuns)
        {
            var lasts = runs.Durations is { } time ? $"; half of such runs last no longer than {Span(time.MedianSeconds)}, nine of ten than {Span(time.P90Seconds)}" : "";
            to.WriteLine($"  {Runs(runs.Runs)} open at {runs.Connection} {runs.After switch { "serves" => "stay there, as new ones do", "drains" => "stay there until they end; no new ones come", _ => runs.AlreadyStale ? "are stale already" : "WOULD TURN STALE" }}{lasts}.");
        }
    }

    private static void Table(TextWriter to, List<string[]> rows, int right = -1)
    {
        if (rows.Count == 0) return;
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
            to.WriteLine(("  " + string.Join("  ", row.Select((text, column) => column == right ? text.PadLeft(widths[column]) : text.PadRight(widths[column])))).TrimEnd());
    }

    private static string Place(PlanPlaceView? place) => place is null ? "-"
        : (place.Route, place.Connection) == (place.Vendor, place.Vendor) ? place.Vendor
        : $"{place.Route} ({(place.Connection == place.Vendor ? place.Vendor : $"{place.Connection}, {place.Vendor}")})";

    private static string Counts(PlanCountsView counts) =>
        Text($"{counts.Same} same, {counts.Rerouted} rerouted, {counts.WouldFail} would fail{(counts.AlsoBefore > 0 ? $" ({counts.AlsoBefore} of them today as well)" : "")}{(counts.CannotTell > 0 ? $", {counts.CannotTell} cannot tell" : "")}");

    private static string Runs(long n) => PlanWarnings.Count(n, "run");

    private static string Number(long n) => n.ToString(CultureInfo.InvariantCulture);

    private static string Short(string revision) => revision.Length > 19 ? revision[..19] : revision;

    private static string Span(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalDays: >= 2 } days => Text($"{days.TotalDays:0.#} d"),
        { TotalHours: >= 2 } hours => Text($"{hours.TotalHours:0.#} h"),
        { TotalMinutes: >= 2 } minutes => Text($"{minutes.TotalMinutes:0.#} min"),
        var span => Text($"{span.TotalSeconds:0.#} s"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
