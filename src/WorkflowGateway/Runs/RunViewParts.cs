using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Runs;

/// <summary>How fresh the status is: an axis of its own, worked out when read.</summary>
/// <param name="At">When the vendor was last heard; null before its first answer.</param>
/// <param name="Source">What brought it: start, command, poll, vendor-event, reconcile or operator.</param>
/// <param name="Stale">Whether the observation is older than the connection's limit, or the last read failed. Never for a final run or a dry run.</param>
/// <param name="Error">Why the last read failed; null where it did not.</param>
internal sealed record ObservationView(DateTime? At, string Source, bool Stale, string? Error)
{
    public static ObservationView Of(RunRow run, TimeSpan staleAfter, DateTimeOffset now)
    {
        var stale = !run.Final && !run.DryRun && (run.SyncError is not null || now - (run.ObservedAt ?? run.Id.CreatedAt) > staleAfter);
        return new ObservationView(run.ObservedAt?.UtcDateTime, run.ObservedBy ?? "start", stale, run.SyncError);
    }
}

/// <summary>Something that may be done to the run, or why not.</summary>
/// <param name="Name">The command: respond, data, pause, resume or stop.</param>
/// <param name="Enabled">Whether it may be given now. A hint: the command itself is judged anew.</param>
/// <param name="Reason">Why not, for people. Left out where it may.</param>
internal sealed record ActionView(
    string Name,
    bool Enabled,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);

/// <summary>Something that the run waits for.</summary>
/// <param name="Id">The id that an answer names.</param>
/// <param name="Kind"><c>interaction</c> (takes one of the responses) or <c>input</c> (takes free input).</param>
/// <param name="Step">The vendor's step that waits; null where it names none.</param>
/// <param name="ActionType">The vendor's kind of action; null where it names none.</param>
/// <param name="Config">What to show, as the vendor gave it; null where it gave nothing.</param>
/// <param name="Responses">The answers it takes.</param>
/// <param name="PresentedAt">Since when it waits, by the vendor's clock; null where the vendor does not say.</param>
/// <param name="ExpiresAt">Until when it waits, by the vendor's clock; null where it has no deadline.</param>
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
/// <param name="Name">The route's name within its workflow.</param>
/// <param name="Revision">The configuration by which it was chosen: sha256: and its hash.</param>
internal sealed record RouteView(string Name, string Revision);
