using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>An account at a vendor and how it fares. Never a secret, and no address.</summary>
internal sealed record ConnectionView(
    string Name, string Vendor, string DisplayName, bool Enabled, string Credential, bool Exclusive, IReadOnlyList<string> Operations,
    TraitsView Traits, HealthOfConnectionView Health, BudgetView Budget, double StaleAfterSeconds)
{
    public static ConnectionView Of(ConnectionRunner connection)
    {
        var (config, info) = (connection.Config, connection.Info);
        return new ConnectionView(
            config.Name, info.Vendor, info.DisplayName, config.Enabled, config.CallerCredential ? "caller" : "configured", config.Exclusive,
            [.. Enum.GetValues<RunOperation>().Where(info.Operations.Contains).Select(RunViewWords.Of)],
            TraitsView.Of(info), HealthOfConnectionView.Of(connection.Health),
            new BudgetView(config.RateLimit, connection.Health.PausedUntil?.UtcDateTime, config.Concurrency, connection.InFlight),
            config.StaleAfter.TotalSeconds);
    }
}

/// <summary>What about the vendor changes how the gateway behaves.</summary>
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
internal sealed record HealthOfConnectionView(DateTime? LastSuccessAt, DateTime? LastFailureAt, string? LastError, long Calls, long Failures)
{
    public static HealthOfConnectionView Of(ConnectionHealth health) => new(
        health.LastSuccessAt?.UtcDateTime, health.LastFailureAt?.UtcDateTime, health.LastError, health.Calls, health.Failures);
}

internal sealed record BudgetView(double? CallsPerSecond, DateTime? PausedUntil, int Concurrency, int InFlight);

internal sealed record ConnectionList(IReadOnlyList<ConnectionView> Connections);
