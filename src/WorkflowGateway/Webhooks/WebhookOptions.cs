using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Webhooks;

/// <summary>Settings below <c>Webhooks</c>.</summary>
internal sealed class WebhookOptions
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Whether endpoints may be on this machine, with http and any port. Absent: in Development only.</summary>
    public bool? AllowLoopback { get; set; }

    /// <summary>How long a receiver may take for one delivery, connecting and the body of its answer included.</summary>
    public string Timeout { get; set; } = "15s";

    public TimeSpan TimeoutSpan => Durations.Parse(Timeout);

    public string? Problem => !Durations.TryParse(Timeout, out var span) ? $"Webhooks:Timeout is '{Timeout}'. {Durations.Hint}"
        : span > LongestTimeout ? "Webhooks:Timeout is longer than 1m, the longest that can be."
        : null;
}

internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options) =>
        options.Problem is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
}

/// <summary>Whether endpoints may be on this machine.</summary>
internal sealed record LoopbackRule(bool Allowed)
{
    public static LoopbackRule Of(WebhookOptions options, IHostEnvironment environment) => new(options.AllowLoopback ?? environment.IsDevelopment());
}
