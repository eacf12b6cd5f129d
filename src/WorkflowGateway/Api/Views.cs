using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>A page of runs.</summary>
/// <param name="Runs">Newest first.</param>
/// <param name="NextPageToken">The pageToken of the next page. Left out at the end.</param>
internal sealed record RunList(
    IReadOnlyList<RunView> Runs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>Where a start would go and what would be sent, credentials left out.</summary>
/// <param name="Route">The route that it would take.</param>
/// <param name="Request">The request that the vendor would get.</param>
internal sealed record PreviewView(PreviewRouteView Route, PreviewRequestView Request)
{
    public static PreviewView Of(StartPreview preview) => new(
        new PreviewRouteView(preview.Route, preview.Connection, preview.Revision),
        new PreviewRequestView(preview.Request.Method.Method, preview.Request.Path, preview.Request.Body));
}

/// <summary>The route that a start would take.</summary>
/// <param name="Name">The route's name within its workflow.</param>
/// <param name="Connection">The connection that it goes over.</param>
/// <param name="Revision">The configuration by which it was chosen: sha256: and its hash.</param>
internal sealed record PreviewRouteView(string Name, string Connection, string Revision);

/// <summary>The request that a vendor would get.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below the connection's base URL.</param>
/// <param name="Body">The JSON body; null where there is none.</param>
internal sealed record PreviewRequestView(string Method, string Path, JsonElement? Body);

/// <summary>A CloudEvents 1.0 event.</summary>
/// <param name="Specversion">The version of CloudEvents: 1.0.</param>
/// <param name="Id">The event's cursor, a decimal number as text: later events have greater ones.</param>
/// <param name="Source">Where it comes from: /v1/runs.</param>
/// <param name="Type">What happened: run.changed. More may come.</param>
/// <param name="Subject">The id of the run.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Datacontenttype">The media type of data: application/json.</param>
/// <param name="Data">What changed.</param>
internal sealed record EventView(string Specversion, string Id, string Source, string Type, string Subject, DateTime Time, string Datacontenttype, JsonElement Data);

/// <summary>A page of events.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Next">The cursor to go on from, as after. Always there, also when there is nothing yet; it moves on past events that a filter left out.</param>
/// <param name="Gap">What cannot be told any more, where the cursor is older than that. Left out where nothing is missing.</param>
internal sealed record EventList(
    IReadOnlyList<EventView> Events, string Next,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EventGapView? Gap);

/// <summary>Events that are missing: read what concerns you anew.</summary>
/// <param name="After">The cursor that was given or reached.</param>
/// <param name="Until">Up to here events may be missing, because their runs were purged. Where it is less than after, the store was put back to an earlier state, and its events go on from here.</param>
internal sealed record EventGapView(string After, string Until);

/// <summary>A pending interaction and the run that waits for it.</summary>
/// <param name="RunId">The id of the run.</param>
/// <param name="Workflow">The workflow of the run.</param>
/// <param name="Vendor">The vendor that runs it.</param>
/// <param name="Connection">The connection over which it runs.</param>
/// <param name="Version">The run's version, for If-Match.</param>
/// <param name="Labels">The run's labels; empty where it has none.</param>
/// <param name="CorrelationId">The caller's own id, as the start gave it; null where it gave none.</param>
/// <param name="Interaction">What it waits for.</param>
internal sealed record WaitingView(
    string RunId, string Workflow, string Vendor, string Connection, long Version, IReadOnlyDictionary<string, string> Labels,
    string? CorrelationId, InteractionView Interaction)
{
    public static IEnumerable<WaitingView> Of(RunRow run) => run.Detail.Interactions.Select(pending => new WaitingView(
        run.Id.ToString(), run.Workflow, run.Vendor, run.Connection, run.Version, run.Labels, run.CorrelationId, InteractionView.Of(pending)));
}

/// <summary>A page of pending interactions.</summary>
/// <param name="Interactions">The nearest deadline first; those without one last.</param>
/// <param name="NextPageToken">The pageToken of the next page. Left out at the end.</param>
internal sealed record WaitingList(
    IReadOnlyList<WaitingView> Interactions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>How many runs have these four in common.</summary>
/// <param name="Workflow">Their workflow.</param>
/// <param name="Vendor">Their vendor.</param>
/// <param name="Connection">Their connection.</param>
/// <param name="Status">Their status.</param>
/// <param name="Count">How many there are, from 1 on.</param>
internal sealed record CountView(string Workflow, string Vendor, string Connection, string Status, long Count);

/// <summary>Counts of runs.</summary>
/// <param name="Counts">One of each combination that occurs.</param>
internal sealed record CountList(IReadOnlyList<CountView> Counts);

/// <summary>How the gateway itself is.</summary>
/// <param name="Status">live; ready, or degraded: requests are served, but not with the configuration that somebody wrote.</param>
/// <param name="Configuration">Which configuration serves. Left out where only the process is asked for.</param>
internal sealed record HealthView(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HealthConfigurationView? Configuration = null);

/// <summary>Which configuration this process serves, and whether it is the one that it should be.</summary>
/// <param name="Revision">The hash of the configuration that serves.</param>
/// <param name="RefusedSince">Since when the configuration file is refused, so that the one before serves; null where it is not.</param>
/// <param name="ReplicasAgree">Whether all replicas serve the same and reach the same accounts by it, as far as this one has heard.</param>
internal sealed record HealthConfigurationView(string Revision, DateTime? RefusedSince, bool ReplicasAgree);

/// <summary>A kind of problem.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Status">The HTTP status that it comes with.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="WhatToDo">What to do about it.</param>
internal sealed record ProblemKindView(string Code, int Status, string Title, string Meaning, string WhatToDo)
{
    public static ProblemKindView Of(ProblemKind kind) => new(kind.Code, kind.Status, kind.Title, kind.Meaning, kind.Remedy);
}

/// <summary>Kinds of problems.</summary>
/// <param name="Problems">Every kind that the gateway answers with.</param>
internal sealed record ProblemKindList(IReadOnlyList<ProblemKindView> Problems);

/// <summary>Where things are: paths below the gateway's address.</summary>
/// <param name="Name">The name of the service: workflow-gateway.</param>
/// <param name="Workflows">The list of workflows.</param>
/// <param name="Runs">Where runs are started and listed.</param>
/// <param name="Description">This description.</param>
/// <param name="Problems">The list of problems.</param>
/// <param name="Health">Whether requests can be served.</param>
internal sealed record RootView(string Name, string Workflows, string Runs, string Description, string Problems, string Health);
