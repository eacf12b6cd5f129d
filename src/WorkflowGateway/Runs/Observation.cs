using System.Globalization;

namespace WorkflowGateway.Runs;

/// <summary>What seeing a run at its vendor does to it. Pure: the same run and the same snapshot give the same row.</summary>
internal static class Observation
{
    private const int MaxSentence = 1000;
    private const int MaxItems = 1000;

    /// <summary>The run with the snapshot applied, or null where it may not be: it is final, the snapshot is older, or the step is not allowed.</summary>
    /// <param name="run">The run as it was when the read began.</param>
    /// <param name="seen">What the vendor answered.</param>
    /// <param name="source">start, command, poll, vendor-event, reconcile or operator.</param>
    /// <param name="now">When the answer was there.</param>
    public static RunRow? Apply(RunRow run, RunSnapshot seen, string source, DateTimeOffset now)
    {
        if (run.Final || IsOlder(seen.Run?.Version, run.VendorVersion)) return null;
        // A vendor's word is never the gateway's own state: it cannot start or abandon a run here.
        var status = seen.Status is RunStatus.Starting or RunStatus.Abandoned ? RunStatus.Unknown : seen.Status;
        if (!RunTransitions.Allows(run.Status, status)) return null;
        return run with
        {
            Status = status,
            Reason = status == RunStatus.Unknown ? Storable.Word(seen.Reason) ?? "unmapped-status" : Storable.Word(seen.Reason),
            LastKnownStatus = status != RunStatus.Unknown ? null : run.Status == RunStatus.Unknown ? run.LastKnownStatus : run.Status,
            NativeStatus = Storable.Word(seen.NativeStatus),
            VendorRunId = seen.Run?.VendorRunId ?? run.VendorRunId,
            VendorVersion = seen.Run?.Version ?? run.VendorVersion,
            Detail = DetailOf(seen, status),
            FinalAt = status.IsFinal() ? now : null,
            ObservedAt = now,
            ObservedBy = source,
            SyncError = null,
            UpdatedAt = now,
            Version = run.Version + 1,
        };
    }

    /// <summary>Whether two rows differ in anything but freshness.</summary>
    public static bool Changes(RunRow before, RunRow after) =>
        (before.Status, before.Reason, before.NativeStatus, before.VendorRunId, before.VendorVersion) !=
            (after.Status, after.Reason, after.NativeStatus, after.VendorRunId, after.VendorVersion) ||
        Ledger.RunColumns.DetailText(before.Detail) != Ledger.RunColumns.DetailText(after.Detail);

    // Whatever a vendor wrote as text is bounded here; what it gave as JSON is bounded by its answer, and kept out of events when large.
    private static RunDetail DetailOf(RunSnapshot seen, RunStatus status) => new()
    {
        Definition = seen.Definition is { } definition ? new RunDefinition(Line(definition.Id)!, Line(definition.Version)) : null,
        Interactions = status.IsFinal() ? [] : [.. seen.Interactions.Select(Bounded)],
        Outcome = seen.Outcome is { } outcome ? new RunOutcome(Line(outcome.Type)!, Storable.Text(outcome.Message, MaxSentence)) : null,
        Result = seen.Result,
        EndStep = seen.EndStep,
        Error = seen.Error is { } error ? new RunError(Line(error.Code)!, "run", Storable.Text(error.Message, MaxSentence), Line(error.Code), false)
            : status == RunStatus.Failed ? new RunError("execution_error", "run", null, null, false) : null,
        FallbackToDefault = seen.FallbackToDefault,
        InvalidatedResources = [.. seen.InvalidatedResources.Take(MaxItems).Select(resource => Line(resource)!)],
        StartedAt = seen.StartedAt,
        EndedAt = seen.EndedAt,
    };

    private static PendingInteraction Bounded(PendingInteraction pending) => pending with
    {
        Id = Line(pending.Id)!,
        Step = Line(pending.Step),
        ActionType = Line(pending.ActionType),
        Responses = [.. pending.Responses.Take(MaxItems).Select(response => new InteractionResponse(Line(response.Type)!, Line(response.Label)!))],
    };

    private static string? Line(string? text) => Storable.Text(text, 255);

    // Equal is fine: nobody promises that a vendor raises its version with every change.
    private static bool IsOlder(string? seen, string? known) =>
        decimal.TryParse(seen, NumberStyles.Float, CultureInfo.InvariantCulture, out var s) &&
        decimal.TryParse(known, NumberStyles.Float, CultureInfo.InvariantCulture, out var k) && s < k;
}
