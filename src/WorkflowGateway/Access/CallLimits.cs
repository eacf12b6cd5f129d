namespace WorkflowGateway.Access;

/// <summary>How much one key, or all keys of one tenant, may ask for, over all replicas. 0 is no limit; absent: as above it.</summary>
internal sealed record CallLimits
{
    /// <summary>Requests per second, in the long run.</summary>
    public double? Rate { get; set; }

    /// <summary>Requests at once after a quiet time.</summary>
    public long? Burst { get; set; }

    /// <summary>Requests that are being answered at the same time.</summary>
    public long? Concurrency { get; set; }

    /// <summary>Streams of events and waits (<c>Prefer: wait</c>) at the same time. They do not count as <see cref="Concurrency"/>.</summary>
    public long? Watchers { get; set; }

    /// <summary>What is absent here, from there.</summary>
    public CallLimits Over(CallLimits other) => new()
    {
        Rate = Rate ?? other.Rate,
        // A rate of its own brings a burst of its own: that of another rate may be too small for it.
        Burst = Burst ?? (Rate is null ? other.Burst : null),
        Concurrency = Concurrency ?? other.Concurrency,
        Watchers = Watchers ?? other.Watchers,
    };

    public IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Rate is { } rate && !(rate is >= 0 and <= 1e6)) yield return ("rate", "Must be a number of requests per second from 0 (no limit) to 1000000.");
        foreach (var (member, value) in new[] { ("burst", Burst), ("concurrency", Concurrency), ("watchers", Watchers) })
            if (value is < 0 or > 1_000_000) yield return (member, "Must be a whole number from 0 (no limit) to 1000000.");
    }
}

/// <summary>Settings below <c>Access:Limits</c>. Generous: they keep one caller's mistake from the others, and are not there to sell calls.</summary>
internal sealed record LimitOptions
{
    public static readonly CallLimits DefaultOfKey = new() { Rate = 1000, Burst = 2000, Concurrency = 1000, Watchers = 10_000 };
    public static readonly CallLimits DefaultOfTenant = new() { Rate = 2000, Burst = 4000, Concurrency = 2000, Watchers = 20_000 };

    /// <summary>Of each address: requests with a key or token that is not good.</summary>
    public static readonly CallLimits DefaultOfFailures = new() { Rate = 10, Burst = 100 };

    public CallLimits Key { get; set; } = new();

    public CallLimits Tenant { get; set; } = new();

    /// <summary>By the name of a tenant, what differs for it from <see cref="Tenant"/>.</summary>
    public IDictionary<string, CallLimits> Tenants { get; } = new Dictionary<string, CallLimits>(StringComparer.Ordinal);

    public CallLimits Failures { get; set; } = new();

    public IEnumerable<string> Problems() => new[] { ("Key", Key), ("Tenant", Tenant), ("Failures", Failures) }.Concat(Tenants.Select(one => ("Tenants:" + one.Key, one.Value)))
        .SelectMany(one => one.Item2.Problems(), (one, wrong) => $"{one.Item1}:{char.ToUpperInvariant(wrong.Member[0])}{wrong.Member[1..]}: {wrong.Problem}");
}
