using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Sync;

/// <summary>Settings below <c>Reconcile</c>.</summary>
internal sealed class ReconcileOptions
{
    /// <summary>How long a vendor may take to carry out a start that it did not answer: before, nobody may say that it was not started.</summary>
    public string SettleTime { get; set; } = "15m";

    public string? Problem => !Durations.TryParse(SettleTime, out var span) ? $"Reconcile:SettleTime is '{SettleTime}'. {Durations.Hint}"
        : span > Durations.Longest ? "Reconcile:SettleTime is longer than 30d, the longest that can be." : null;

    public TimeSpan Settle => Durations.Parse(SettleTime);
}

internal sealed class ReconcileOptionsValidator : IValidateOptions<ReconcileOptions>
{
    public ValidateOptionsResult Validate(string? name, ReconcileOptions options) =>
        options.Problem is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
}
