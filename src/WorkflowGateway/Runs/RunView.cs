using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Runs;

/// <summary>A run as callers see it. Members stand in the documented order; null ones are written.</summary>
internal sealed record RunView
{
    [Description("run_ and 32 hexadecimal digits (a UUIDv7), given by the gateway.")]
    public required string Id { get; init; }

    [Description("The workflow that was started.")]
    public required string Workflow { get; init; }

    [Description("What the run is, in words that are the same for all vendors. More may come: treat one you do not know as unknown.")]
    public required string Status { get; init; }

    [Description("Why, as a word such as interaction, input, no-workflow or start-unconfirmed; more may come. Null where the status says it all.")]
    public required string? StatusReason { get; init; }

    [Description("Whether the status can never change again.")]
    public required bool Final { get; init; }

    [Description("The vendor's own status word, untouched, 64 characters at most. Null before the vendor has answered, or where its answer had none.")]
    public required string? NativeStatus { get; init; }

    [Description("The status before it became unknown. Null unless status is unknown, or where none was known.")]
    public required string? LastKnownStatus { get; init; }

    [Description("The vendor that runs it.")]
    public required string Vendor { get; init; }

    [Description("The connection over which it runs.")]
    public required string Connection { get; init; }

    [Description("The vendor's id of it. Null before the vendor has named it, and where the vendor made no run.")]
    public required string? VendorRunId { get; init; }

    [Description("The vendor's workflow or graph. Null where the vendor has not told it.")]
    public required RunDefinition? Definition { get; init; }

    [Description("The gateway's version of the run, from 1 on, one more with each visible change; the ETag in quotes.")]
    public required long Version { get; init; }

    [Description("When the gateway took the start.")]
    public required DateTime CreatedAt { get; init; }

    [Description("When this version came to be.")]
    public required DateTime UpdatedAt { get; init; }

    [Description("When it began, by the vendor's clock. Null where the vendor does not say.")]
    public required DateTime? StartedAt { get; init; }

    [Description("When it ended, by the vendor's clock. Null where the vendor does not say.")]
    public required DateTime? EndedAt { get; init; }

    [Description("When the gateway first saw it final. Null before.")]
    public required DateTime? FinalAt { get; init; }

    [Description("How fresh all this is. Changes of it alone raise no version and make no event.")]
    public required ObservationView Observation { get; init; }

    [Description("What may be done to it now, or why not: respond, data, pause, resume and stop, each once.")]
    public required IReadOnlyList<ActionView> Actions { get; init; }

    [Description("What it waits for. Empty where it waits for nobody.")]
    public required IReadOnlyList<InteractionView> Interactions { get; init; }

    [Description("How it came out, in the vendor's words. Null where the vendor tells none.")]
    public required RunOutcome? Outcome { get; init; }

    [Description("What it produced, as the vendor gave it. Null where there is nothing, and always at Fortanix.")]
    public required JsonElement? Result { get; init; }

    [Description("Its last step, as the vendor gave it. Null where the vendor tells none.")]
    public required JsonElement? EndStep { get; init; }

    [Description("Why it failed, is unknown or was abandoned. Null otherwise.")]
    public required RunError? Error { get; init; }

    [Description("Whether the vendor had nothing to run and the caller is to run its own default (Juo no_workflow).")]
    public required bool FallbackToDefault { get; init; }

    [Description("Caches that the caller is to drop (Juo). Empty where there are none.")]
    public required IReadOnlyList<string> InvalidatedResources { get; init; }

    [Description("The labels of the start. Empty where it had none.")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    [Description("The caller's own id, as the start gave it. Null where it gave none.")]
    public required string? CorrelationId { get; init; }

    [Description("The run from which this one came. Null where it came from none.")]
    public required string? ParentId { get; init; }

    [Description("Whether the vendor was only asked to try it out. Such a run is not read again.")]
    public required bool DryRun { get; init; }

    [Description("Which route served it.")]
    public required RouteView Route { get; init; }

    [Description("The vendor's latest whole answer; null where none is kept. Only with include=native.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Native { get; init; }

    [Description("What the run was started with; null where it had no input or none is kept. Only with include=input.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Input { get; init; }

    [Description("What is known of a start whose outcome nobody knows: attempt, target (as far as the vendor shows it again), sentAt, failedAt, message, vendorStatus, firstBytes (the start of the vendor's answer as text), candidates (the vendor's runs that may be it: vendorRunId, createdAt, nativeStatus) and why none of them was taken. Null where none is kept. Only with include=evidence.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Evidence { get; init; }

    public static RunView Of(RunRow run, RunnerInfo? info, TimeSpan staleAfter, DateTimeOffset now)
    {
        var detail = run.Detail;
        return new RunView
        {
            Id = run.Id.ToString(),
            Workflow = run.Workflow,
            Status = RunViewWords.Of(run.Status),
            StatusReason = run.Reason,
            Final = run.Final,
            NativeStatus = run.NativeStatus,
            LastKnownStatus = run.LastKnownStatus is { } last ? RunViewWords.Of(last) : null,
            Vendor = run.Vendor,
            Connection = run.Connection,
            VendorRunId = run.VendorRunId,
            Definition = detail.Definition,
            Version = run.Version,
            CreatedAt = run.Id.CreatedAt.UtcDateTime,
            UpdatedAt = run.UpdatedAt.UtcDateTime,
            StartedAt = detail.StartedAt?.UtcDateTime,
            EndedAt = detail.EndedAt?.UtcDateTime,
            FinalAt = run.FinalAt?.UtcDateTime,
            Observation = ObservationView.Of(run, staleAfter, now),
            Actions = RunViewActions.Of(run, info),
            Interactions = InteractionView.Of(detail.Interactions),
            Outcome = detail.Outcome,
            Result = detail.Result,
            EndStep = detail.EndStep,
            Error = detail.Error,
            FallbackToDefault = detail.FallbackToDefault,
            InvalidatedResources = detail.InvalidatedResources,
            Labels = run.Labels,
            CorrelationId = run.CorrelationId,
            ParentId = run.ParentId?.ToString(),
            DryRun = run.DryRun,
            Route = new RouteView(run.Route, run.Revision),
        };
    }

    /// <summary>The run's JSON, for what is stored or sent as text.</summary>
    public static string ToJson(RunRow run, RunnerInfo? info, TimeSpan staleAfter, DateTimeOffset now) =>
        RunViewJson.Text(Of(run, info, staleAfter, now), RunViewJson.Default.RunView);
}
