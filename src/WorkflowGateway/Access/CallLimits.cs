namespace WorkflowGateway.Access;

/// <summary>How much one key, or all keys of one tenant, may ask for, over all replicas. 0 is no limit, of <see cref="Burst"/> alone there is none; absent: as above it.</summary>
internal sealed record CallLimits
{
    /// <summary>Requests per second, in the long run.</summary>
    public double? Rate { get; set; }

    /// <summary>Requests at once after a quiet time; absent beside a rate of its own: those of two seconds.</summary>
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

    /// <summary>What is absent here, from there, for whoever may give away that much; null where something is higher than there.</summary>
    public CallLimits? Within(CallLimits own)
    {
        var made = new CallLimits { Rate = Rate ?? own.Rate, Burst = Burst ?? own.Burst, Concurrency = Concurrency ?? own.Concurrency, Watchers = Watchers ?? own.Watchers };
        return IsAbove(made.Rate, own.Rate) || IsAbove(made.DepthOfBucket, own.DepthOfBucket) || IsAbove(made.Concurrency, own.Concurrency) || IsAbove(made.Watchers, own.Watchers) ? null : made;
    }

    // Null where that of the settings counts.
    private double? DepthOfBucket => Burst ?? (Rate is 0 ? 0 : 2 * Rate);

    // 0 is no limit; what only the settings say binds nobody.
    private static bool IsAbove(double? value, double? own) => own > 0 && (value is 0 || value > own);

    public IEnumerable<(string Member, string Problem)> Problems()
    {
        if (Rate is { } rate && !(rate is 0 or (>= 0.001 and <= 1e6))) yield return ("rate", "Must be a number of requests per second from 0.001 to 1000000, or 0 (no limit).");
        if (Burst is < 1 or > 1_000_000) yield return ("burst", "Must be a whole number from 1 to 1000000.");
        foreach (var (member, value) in new[] { ("concurrency", Concurrency), ("watchers", Watchers) })
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
