using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Runs;

/// <summary>How fresh the status is: an axis of its own, worked out when read.</summary>
/// <param name="At">When the vendor was last heard; null before its first answer.</param>
/// <param name="Source">What brought it: start, command, poll, vendor-event, reconcile or operator.</param>
/// <param name="Stale">Whether the observation is older than the connection's limit, or the last read failed.</param>
/// <param name="Error">Why the last read failed.</param>
internal sealed record ObservationView(DateTime? At, string Source, bool Stale, string? Error)
{
    public static ObservationView Of(RunRow run, TimeSpan staleAfter, DateTimeOffset now)
    {
        var stale = !run.Final && !run.DryRun && (run.SyncError is not null || now - (run.ObservedAt ?? run.Id.CreatedAt) > staleAfter);
        return new ObservationView(run.ObservedAt?.UtcDateTime, run.ObservedBy ?? "start", stale, run.SyncError);
    }
}

/// <summary>Something that may be done to the run, or why not.</summary>
internal sealed record ActionView(
    string Name,
    bool Enabled,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);

/// <summary>Something that the run waits for.</summary>
internal sealed record InteractionView(
    string Id,
    string Kind,
    string? Step,
    string? ActionType,
    JsonElement? Config,
    IReadOnlyList<InteractionResponse> Responses,
    DateTime? PresentedAt,
    DateTime? ExpiresAt)
{
    public static IReadOnlyList<InteractionView> Of(IReadOnlyList<PendingInteraction> pending) =>
        pending.Count == 0 ? [] : [.. pending.Select(Of)];

    public static InteractionView Of(PendingInteraction one) => new(
        one.Id, one.Kind, one.Step, one.ActionType, one.Config, one.Responses, one.PresentedAt?.UtcDateTime, one.ExpiresAt?.UtcDateTime);
}

/// <summary>Which route served the run, and by which configuration.</summary>
internal sealed record RouteView(string Name, string Revision);
