using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Runs;

/// <summary>A run as callers see it. Members stand in the documented order; null ones are written.</summary>
internal sealed record RunView
{
    public required string Id { get; init; }
    public required string Workflow { get; init; }
    public required string Status { get; init; }
    public required string? StatusReason { get; init; }
    public required bool Final { get; init; }
    public required string? NativeStatus { get; init; }
    public required string? LastKnownStatus { get; init; }
    public required string Vendor { get; init; }
    public required string Connection { get; init; }
    public required string? VendorRunId { get; init; }
    public required RunDefinition? Definition { get; init; }
    public required long Version { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }
    public required DateTime? StartedAt { get; init; }
    public required DateTime? EndedAt { get; init; }
    public required DateTime? FinalAt { get; init; }
    public required ObservationView Observation { get; init; }
    public required IReadOnlyList<ActionView> Actions { get; init; }
    public required IReadOnlyList<InteractionView> Interactions { get; init; }
    public required RunOutcome? Outcome { get; init; }
    public required JsonElement? Result { get; init; }
    public required JsonElement? EndStep { get; init; }
    public required RunError? Error { get; init; }
    public required bool FallbackToDefault { get; init; }
    public required IReadOnlyList<string> InvalidatedResources { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required string? CorrelationId { get; init; }
    public required string? ParentId { get; init; }
    public required bool DryRun { get; init; }
    public required RouteView Route { get; init; }

    /// <summary>The vendor's latest whole answer; only with <c>?include=native</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Native { get; init; }

    /// <summary>What the run was started with; only with <c>?include=input</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Input { get; init; }

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
