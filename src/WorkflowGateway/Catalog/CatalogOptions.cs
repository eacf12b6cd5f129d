using Microsoft.Extensions.Options;

namespace WorkflowGateway.Catalog;

/// <summary>Settings below <c>Gateway</c>.</summary>
internal sealed record GatewayOptions
{
    public string ConfigPath { get; set; } = "config/gateway.json";

    /// <summary>How often the file is looked at; what two looks saw alike is taken over.</summary>
    public string ReloadInterval { get; set; } = "1s";

    public TimeSpan Reload => Durations.Parse(ReloadInterval);
}

/// <summary>Settings below <c>Security</c>.</summary>
internal sealed record SecurityOptions
{
    /// <summary>32 bytes in base64, or <c>${file:/path}</c> of a file that holds them.</summary>
    public string? MasterKey { get; set; }

    /// <summary>Keys of the same form that only open what they have sealed: those that were in force before, and one that is about to be.</summary>
    public IList<string> PreviousMasterKeys { get; set; } = [];
}

/// <summary>Settings below <c>Dispatch</c>.</summary>
internal sealed record DispatchOptions
{
    /// <summary>A duration; overrides the adapters' defaults, not a connection's own timeout.</summary>
    public string? Timeout { get; set; }

    public TimeSpan? TimeoutSpan => Timeout is null ? null : Durations.Parse(Timeout);
}

/// <summary>Settings below <c>Sync</c>.</summary>
internal sealed record SyncOptions
{
    public string MinInterval { get; set; } = "1s";
    public string MaxInterval { get; set; } = "15m";

    public TimeSpan Min => Durations.Parse(MinInterval);
    public TimeSpan Max => Durations.Parse(MaxInterval);
}

/// <summary>Says all that is wrong in these sections at once.</summary>
internal sealed class CatalogOptionsValidator : IValidateOptions<GatewayOptions>, IValidateOptions<DispatchOptions>, IValidateOptions<SyncOptions>
{
    private static readonly TimeSpan ShortestReload = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, GatewayOptions options) =>
        Result(
            string.IsNullOrWhiteSpace(options.ConfigPath) ? "Gateway:ConfigPath is empty. Write the path of gateway.json." : null,
            Wrong("Gateway:ReloadInterval", options.ReloadInterval) ?? (options.Reload < ShortestReload ? "Gateway:ReloadInterval is shorter than 10ms, the shortest that can be." : null));

    public ValidateOptionsResult Validate(string? name, DispatchOptions options) =>
        Result(options.Timeout is null ? null : Wrong("Dispatch:Timeout", options.Timeout));

    public ValidateOptionsResult Validate(string? name, SyncOptions options)
    {
        var (min, max) = (Wrong("Sync:MinInterval", options.MinInterval), Wrong("Sync:MaxInterval", options.MaxInterval));
        return Result(min, max, min is null && max is null && options.Min > options.Max ? "Sync:MinInterval is longer than Sync:MaxInterval." : null);
    }

    private static string? Wrong(string key, string? text) => !Durations.TryParse(text, out var span) ? $"{key} is '{text}'. {Durations.Hint}"
        : span > Durations.Longest ? $"{key} is longer than 30d, the longest that can be." : null;

    private static ValidateOptionsResult Result(params string?[] errors) =>
        errors.OfType<string>().ToList() is { Count: > 0 } found ? ValidateOptionsResult.Fail(found) : ValidateOptionsResult.Success;
}
