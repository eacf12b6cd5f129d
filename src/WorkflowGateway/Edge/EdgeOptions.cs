using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Edge;

/// <summary>Settings below <c>Edge</c>. What Kestrel itself limits is set by the standard section <c>Kestrel:Limits</c>.</summary>
internal sealed class EdgeOptions
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Where callers reach the gateway: addresses in answers begin with it. Absent: with the path. Never with what a Host header says.</summary>
    public string? PublicBaseUrl { get; set; }

    /// <summary>How many requests may be under way at once, beside reads that wait.</summary>
    public int MaxRequests { get; set; } = 2000;

    /// <summary>How many reads may wait at once: streams and long polls.</summary>
    public int MaxWaiting { get; set; } = 20_000;

    /// <summary>How many of the requests under way may have bodies above 64 KiB; four times as many wait for their turn.</summary>
    public int MaxLargeBodies { get; set; } = 32;

    /// <summary>How long everything is still served after the signal to stop, while readiness already says no: as long as a balancer takes to notice. Absent: not at all.</summary>
    public string? StopDelay { get; set; }

    public TimeSpan StopDelaySpan => StopDelay is null ? TimeSpan.Zero : Durations.Parse(StopDelay);

    /// <summary>The same without a slash at its end.</summary>
    public string? BaseUrl => string.IsNullOrEmpty(PublicBaseUrl) ? null : PublicBaseUrl.TrimEnd('/');

    public IEnumerable<string> Problems()
    {
        foreach (var (name, value) in new[] { (nameof(MaxRequests), MaxRequests), (nameof(MaxWaiting), MaxWaiting), (nameof(MaxLargeBodies), MaxLargeBodies) })
            if (value < 1) yield return $"Edge:{name} is {value}. Write 1 or more.";
        if (StopDelay is not null && !Durations.TryParse(StopDelay, out _)) yield return $"Edge:StopDelay is '{StopDelay}'. {Durations.Hint}";
        else if (StopDelaySpan > LongestDelay) yield return $"Edge:StopDelay is '{StopDelay}'. Write 1m at most.";
        if (BaseUrl is not null && !IsAddress(BaseUrl)) yield return $"Edge:PublicBaseUrl is '{PublicBaseUrl}'. Write an address such as https://workflows.example.com, without user and query.";
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { Query: "", Fragment: "", UserInfo: "" };
}

internal sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options) =>
        options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
