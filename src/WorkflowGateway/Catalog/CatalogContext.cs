namespace WorkflowGateway.Catalog;

/// <summary>What the meaning of a configuration file depends on beside its content.</summary>
internal sealed record CatalogContext
{
    public required IReadOnlyCollection<IVendorAdapter> Adapters { get; init; }

    /// <summary>Where relative paths of <c>${file:}</c> start.</summary>
    public required HomeFolder Home { get; init; }

    public bool Production { get; init; }

    /// <summary>The simulated vendors' addresses by vendor; null while the sandbox is off.</summary>
    public IReadOnlyDictionary<string, string>? Sandbox { get; init; }

    /// <summary>Whether there is a master key, without which a caller's token could not be kept encrypted.</summary>
    public bool HasMasterKey { get; init; }

    /// <summary><c>Dispatch:Timeout</c>; null for the adapters' own.</summary>
    public TimeSpan? DispatchTimeout { get; init; }

    public TimeSpan PollMin { get; init; } = TimeSpan.FromSeconds(1);
    public TimeSpan PollMax { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether webhooks may be on this machine.</summary>
    public Webhooks.LoopbackRule Loopback { get; init; } = new(false);

    /// <summary>Whether <c>${env:}</c> and <c>${file:}</c> that are not there are left as they are written: for machines that check a file and have no secrets.</summary>
    public bool WithoutSecrets { get; init; }

    /// <summary>
    /// False where a file comes from outside, to be judged and never served: then no variable and no file of this machine is read or even looked for, since whoever
    /// sends it could find out what there is. They are left as they are written.
    /// </summary>
    public bool ReadsReferences { get; init; } = true;

    /// <summary>Gives an environment variable, or null.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;
}
