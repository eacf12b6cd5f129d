using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal sealed record RunList(
    IReadOnlyList<RunView> Runs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>Where a start would go and what would be sent, credentials left out.</summary>
internal sealed record PreviewView(PreviewRouteView Route, PreviewRequestView Request)
{
    public static PreviewView Of(StartPreview preview) => new(
        new PreviewRouteView(preview.Route, preview.Connection, preview.Revision),
        new PreviewRequestView(preview.Request.Method.Method, preview.Request.Path, preview.Request.Body));
}

internal sealed record PreviewRouteView(string Name, string Connection, string Revision);

internal sealed record PreviewRequestView(string Method, string Path, JsonElement? Body);

/// <summary>A CloudEvents 1.0 event.</summary>
internal sealed record EventView(
    string Specversion, string Id, string Source, string Type, string Subject, DateTime Time, string Datacontenttype, JsonElement Data)
{
    public static EventView Of(EventRow row) => new(
        "1.0", row.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture), "/v1/runs", row.Type,
        row.RunId.ToString(), row.At.UtcDateTime, "application/json", JsonElement.Parse(row.Data));
}

/// <param name="Events">Oldest first.</param>
/// <param name="Next">The cursor to go on from, also when there is nothing yet.</param>
internal sealed record EventList(IReadOnlyList<EventView> Events, string Next);

/// <summary>A pending interaction and the run that waits for it.</summary>
internal sealed record WaitingView(
    string RunId, string Workflow, string Vendor, string Connection, long Version, IReadOnlyDictionary<string, string> Labels,
    string? CorrelationId, InteractionView Interaction)
{
    public static IEnumerable<WaitingView> Of(RunRow run) => run.Detail.Interactions.Select(pending => new WaitingView(
        run.Id.ToString(), run.Workflow, run.Vendor, run.Connection, run.Version, run.Labels, run.CorrelationId, InteractionView.Of(pending)));
}

internal sealed record WaitingList(
    IReadOnlyList<WaitingView> Interactions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

internal sealed record CountView(string Workflow, string Vendor, string Connection, string Status, long Count);

internal sealed record CountList(IReadOnlyList<CountView> Counts);

internal sealed record HealthView(string Status);

internal sealed record ProblemKindView(string Code, int Status, string Title, string Meaning, string WhatToDo)
{
    public static ProblemKindView Of(ProblemKind kind) => new(kind.Code, kind.Status, kind.Title, kind.Meaning, kind.Remedy);
}

internal sealed record ProblemKindList(IReadOnlyList<ProblemKindView> Problems);

internal sealed record RootView(string Name, string Workflows, string Runs, string Description, string Problems, string Health);
