using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>A run of the vendor's list that is bound to none of ours.</summary>
/// <param name="Markers">The marks that it bears; null while nobody has seen an answer that would show them.</param>
internal sealed record FoundRun(string VendorRunId, DateTimeOffset? CreatedAt, string? NativeStatus, IReadOnlyList<RunMarker>? Markers);

/// <summary>What a look at the vendor's list can prove.</summary>
/// <param name="How">How the vendor's lost starts are found.</param>
/// <param name="Exclusive">Whether nobody but the gateway starts runs in the account.</param>
/// <param name="Complete">Whether the list was read to its end.</param>
/// <param name="KnownSince">What was started since then is still in the ledger, bound or not: nothing of it was purged.</param>
internal sealed record ReconcileTerms(AmbiguousStart How, bool Exclusive, bool Complete, DateTimeOffset KnownSince);

/// <summary>What is to be done about a lost start.</summary>
internal abstract record ReconcileVerdict
{
    /// <summary>That run is it.</summary>
    internal sealed record Bind(string VendorRunId) : ReconcileVerdict;

    /// <summary>One of these may be it; why nobody can say which, for people.</summary>
    internal sealed record Candidates(IReadOnlyList<FoundRun> Runs, string Why) : ReconcileVerdict;

    /// <summary>Nothing in the list can be it.</summary>
    internal sealed record Leave : ReconcileVerdict;
}

/// <summary>Whether a lost start was found. Pure: what it binds is proven, everything else is for people.</summary>
internal static class ReconcileDecision
{
    /// <summary>How far the vendor's clock may be from ours. A wide window never binds wrongly: it only lets more runs and starts compete.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromHours(3);

    /// <summary>A run that was made longer than this after the send is no evidence.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromDays(1);

    /// <param name="marker">What the start carried.</param>
    /// <param name="start">The start.</param>
    /// <param name="found">Unbound runs of the list that can have come from it.</param>
    /// <param name="claimants">Every unbound start of that list, itself included, read after the list: what was sent before is among them.</param>
    /// <param name="terms">What the look can prove.</param>
    public static ReconcileVerdict Of(RunMarker marker, LostStart start, IReadOnlyList<FoundRun> found, IReadOnlyList<LostStart> claimants, ReconcileTerms terms) => terms.How switch
    {
        AmbiguousStart.FindByMarker => ByMarker(marker, found),
        AmbiguousStart.OnlyCandidate => OnlyCandidate(start, found, claimants, terms),
        _ => new ReconcileVerdict.Leave(),
    };

    /// <summary>Whether a vendor's run with a mark of ours is nobody's: the run that it names is settled otherwise, or that attempt certainly did nothing.</summary>
    public static bool IsOrphan(FoundRun found, RunMarker marker, RunRow named) =>
        named.VendorRunId != found.VendorRunId && (named.Final || named.Bound || named.Marker != marker);

    // The vendor may have carried it out twice: the first is it, the other an orphan.
    private static ReconcileVerdict ByMarker(RunMarker marker, IReadOnlyList<FoundRun> found) => found
        .Where(run => run.Markers?.Contains(marker) == true)
        .OrderBy(run => run.CreatedAt ?? DateTimeOffset.MaxValue).ThenBy(run => run.VendorRunId, StringComparer.Ordinal)
        .FirstOrDefault() is { } first ? new ReconcileVerdict.Bind(first.VendorRunId) : new ReconcileVerdict.Leave();

    private static ReconcileVerdict OnlyCandidate(LostStart start, IReadOnlyList<FoundRun> found, IReadOnlyList<LostStart> claimants, ReconcileTerms terms)
    {
        // One that does not say when it was made may be anybody's, also ours.
        var candidates = found.Where(run => run.CreatedAt is not { } made || (made >= start.SentAt - Skew && made <= start.SentAt + Reach)).ToList();
        if (candidates.Count == 0) return new ReconcileVerdict.Leave();
        // What is open may turn up however late. What an operator gave up counts as long as it is likely.
        var rivals = claimants.Count(other => other.RunId != start.RunId && (other.Kind != WorkKind.Lost || (other.SentAt - start.SentAt).Duration() <= Reach + Skew));
        var why = !terms.Exclusive ? "Others may start runs in this account too: the connection is not exclusive."
            : !terms.Complete ? "The list could not be read to its end."
            : rivals > 0 ? $"{rivals} other start(s) may have made it too: they are unconfirmed, under way, or were given up."
            : candidates.Count > 1 ? $"{candidates.Count} runs may be it."
            : candidates[0].CreatedAt is null ? "The vendor does not say when the run was made."
            : start.SentAt - Skew - Reach - Skew < terms.KnownSince ? "It was sent so long ago that what the account's other runs were is not known any more."
            : null;
        return why is null ? new ReconcileVerdict.Bind(candidates[0].VendorRunId) : new ReconcileVerdict.Candidates(candidates, why);
    }
}
