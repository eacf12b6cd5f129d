using System.Text.Json.Serialization;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;
using WorkflowGateway.VendorEvents;

namespace WorkflowGateway.Api;

/// <summary>An account at a vendor and how it fares. Never a secret, and no address.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Vendor">The vendor, in lower case.</param>
/// <param name="DisplayName">The vendor's name as people write it.</param>
/// <param name="Enabled">Whether new runs may go over it; open ones stay with it.</param>
/// <param name="Credential"><c>configured</c>, or <c>caller</c>: each request brings the end user's own token in Vendor-Authorization.</param>
/// <param name="Exclusive">Whether the gateway is the account's only user.</param>
/// <param name="Operations">What the vendor can do, of start, get, list, respond, data, pause, resume, stop and logs.</param>
/// <param name="Traits">What about the vendor changes how the gateway behaves.</param>
/// <param name="Health">How it fares, as seen from real traffic.</param>
/// <param name="Breaker">Whether calls are kept away from it.</param>
/// <param name="Budget">How much it may be called.</param>
/// <param name="StaleAfterSeconds">How many seconds old an observation may be before a run is called stale.</param>
/// <param name="Orphans">Runs at the vendor that bear the mark of a run which is settled otherwise: they turned up too late, or twice.</param>
/// <param name="VendorEvents">The vendor's webhooks. Left out where the connection takes none.</param>
/// <param name="OpenRuns">What is still open there, by workflow and route, also where it is no longer enabled. Left out in lists.</param>
internal sealed record ConnectionView(
    string Name, string Vendor, string DisplayName, bool Enabled, string Credential, bool Exclusive, IReadOnlyList<string> Operations,
    TraitsView Traits, HealthOfConnectionView Health, BreakerView Breaker, BudgetView Budget, double StaleAfterSeconds, OrphansView Orphans,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VendorEventsView? VendorEvents,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<OpenRunsView>? OpenRuns)
{
    public static ConnectionView Of(ConnectionRunner connection, OrphansView orphans, VendorEventCounts? events, IReadOnlyList<OpenRunsView>? openRuns, bool whole)
    {
        var (config, info) = (connection.Config, connection.Info);
        return new ConnectionView(
            config.Name, info.Vendor, info.DisplayName, config.Enabled, config.CallerCredential ? "caller" : "configured", config.Exclusive,
            [.. Enum.GetValues<RunOperation>().Where(info.Operations.Contains).Select(RunViewWords.Of)],
            TraitsView.Of(info), HealthOfConnectionView.Of(connection.Health, whole), BreakerView.Of(connection.Circuit),
            new BudgetView(config.RateLimit, connection.Limits.Rate?.Share, connection.PausedUntil?.UtcDateTime, config.Concurrency, connection.Limits.InFlight),
            config.StaleAfter.TotalSeconds, orphans, events is null ? null : VendorEventsView.Of(events), openRuns);
    }
}

/// <summary>What about the vendor changes how the gateway behaves.</summary>
/// <param name="AmbiguousStart">How a start whose outcome nobody saw is settled: operator, resend, find-by-marker or only-candidate.</param>
/// <param name="VersionsRuns">Whether the vendor versions its runs.</param>
/// <param name="DryRun">Whether a start may be a dry run.</param>
/// <param name="ThrottleIsBeforeWork">Whether a start or command that the vendor throttled (425, 429) certainly did nothing.</param>
internal sealed record TraitsView(string AmbiguousStart, bool VersionsRuns, bool DryRun, bool ThrottleIsBeforeWork)
{
    public static TraitsView Of(RunnerInfo info) => new(
        info.AmbiguousStart switch
        {
            WorkflowGateway.AmbiguousStart.Resend => "resend",
            WorkflowGateway.AmbiguousStart.FindByMarker => "find-by-marker",
            WorkflowGateway.AmbiguousStart.OnlyCandidate => "only-candidate",
            _ => "operator",
        },
        info.VersionsRuns, info.SupportsDryRun, info.ThrottleIsBeforeWork);
}

/// <summary>Health as seen from real traffic of this process.</summary>
/// <param name="LastSuccessAt">When the vendor last answered sensibly; null before it has.</param>
/// <param name="LastFailureAt">When a call last failed; null where none has.</param>
/// <param name="LastError">Why it failed, for people; null where none has, and to a tenant that shares the connection: a vendor's words may be about another's run.</param>
/// <param name="Calls">How many calls there were since this process started.</param>
/// <param name="Failures">How many of them failed; a refusal of one request is no failure.</param>
internal sealed record HealthOfConnectionView(DateTime? LastSuccessAt, DateTime? LastFailureAt, string? LastError, long Calls, long Failures)
{
    public static HealthOfConnectionView Of(ConnectionHealth health, bool whole) => new(
        health.LastSuccessAt?.UtcDateTime, health.LastFailureAt?.UtcDateTime, whole ? health.LastError : null, health.Calls, health.Failures);
}

/// <summary>The circuit breaker of a connection, in this process. It counts what says that the vendor as a whole is away, in real calls.</summary>
/// <param name="State">closed: all is well; open: nothing is sent; half-open: one call at a time tries whether the vendor can be reached again.</param>
/// <param name="Until">When the next call may try; null while closed.</param>
internal sealed record BreakerView(string State, DateTime? Until)
{
    public static BreakerView Of(VendorCircuit circuit) =>
        new(circuit.Closed ? "closed" : circuit.Wait > TimeSpan.Zero ? "open" : "half-open", circuit.Until?.UtcDateTime);
}

/// <summary>How much a connection may be called, and how much it is.</summary>
/// <param name="CallsPerSecond">The most calls per second, over all replicas; null for no limit.</param>
/// <param name="Share">How many of them are this process's; null for no limit.</param>
/// <param name="PausedUntil">Until when the vendor asked to be left alone, as far as this process knows; null where it does not.</param>
/// <param name="Concurrency">The most calls at once, per replica.</param>
/// <param name="InFlight">How many of this replica are under way now.</param>
internal sealed record BudgetView(double? CallsPerSecond, double? Share, DateTime? PausedUntil, int Concurrency, int InFlight);

/// <summary>Runs at the vendor that are nobody's.</summary>
/// <param name="Count">How many were ever seen, as long as they are kept.</param>
/// <param name="Latest">The 20 that were found last.</param>
internal sealed record OrphansView(long Count, IReadOnlyList<OrphanView> Latest)
{
    public static async Task<OrphansView> OfAsync(LedgerReader reader, string connection, string? tenant)
    {
        var (count, latest) = await reader.ListOrphansAsync(connection, tenant, 20);
        return new OrphansView(count, [.. latest.Select(orphan => new OrphanView(orphan.VendorRunId, orphan.RunId.ToString(), orphan.FoundAt.UtcDateTime))]);
    }
}

/// <summary>A run at the vendor that is nobody's.</summary>
/// <param name="VendorRunId">Its id at the vendor.</param>
/// <param name="RunId">The run whose mark it bears.</param>
/// <param name="FoundAt">When it was found.</param>
internal sealed record OrphanView(string VendorRunId, string RunId, DateTime FoundAt);
