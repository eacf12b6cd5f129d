using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Ledger;

/// <summary>Settings below <c>Retention</c>.</summary>
internal sealed class RetentionOptions
{
    /// <summary>An answer to a key is its run, and keys are kept for 7 days after it.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromDays(7);

    private static readonly TimeSpan ShortestAudit = TimeSpan.FromDays(31);

    /// <summary>How long a run is kept after its end.</summary>
    public string Runs { get; set; } = "30d";

    /// <summary>How long it is shown what was sent to webhooks.</summary>
    public string Deliveries { get; set; } = "7d";

    /// <summary>How long a vendor's event is known again. Vendors try for an hour or so; by hand one may be sent again later.</summary>
    public string VendorEvents { get; set; } = "7d";

    /// <summary>For how long it is kept who did what.</summary>
    public string Audit { get; set; } = "400d";

    public TimeSpan RunsFor => Durations.Parse(Runs);

    public TimeSpan DeliveriesFor => Durations.Parse(Deliveries);

    public TimeSpan AuditFor => Durations.Parse(Audit);

    public TimeSpan VendorEventsFor => Durations.Parse(VendorEvents);

    public string? Problem => !Durations.TryParse(Runs, out var span) ? $"Retention:Runs is '{Runs}'. {Durations.Hint}"
        : !Durations.TryParse(Deliveries, out _) ? $"Retention:Deliveries is '{Deliveries}'. {Durations.Hint}"
        : span < Shortest ? "Retention:Runs is shorter than 7d: for so long after its end a run's idempotency key is answered with the run."
        : !Durations.TryParse(VendorEvents, out _) ? $"Retention:VendorEvents is '{VendorEvents}'. {Durations.Hint}"
        : !Durations.TryParse(Audit, out var audit) ? $"Retention:Audit is '{Audit}'. {Durations.Hint}"
        : audit < ShortestAudit ? "Retention:Audit is shorter than 31d: the store itself keeps what was done for 30 days."
        : null;
}

internal sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    public ValidateOptionsResult Validate(string? name, RetentionOptions options) =>
        options.Problem is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
}
