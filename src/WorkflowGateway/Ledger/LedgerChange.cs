using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Something to be written whole or not at all.</summary>
internal sealed class LedgerChange
{
    /// <summary>Each must affect a row; if the first does not, nothing of the change happens.</summary>
    public List<Statement> Guards { get; } = [];

    /// <summary>What follows once the guards hold.</summary>
    public List<Statement> Consequences { get; } = [];

    public List<EventDraft> Events { get; } = [];

    public List<(RunRow Run, int Delta)> Counts { get; } = [];

    /// <summary>The run after the change, for whoever watches it.</summary>
    public RunRow? Run { get; init; }

    /// <summary>The id of the run that it is about; empty for none. Orders the changes of a group, so that two replicas lock in the same order.</summary>
    public required byte[] Order { get; init; }
}

/// <summary>An event to append; its sequence number is its place in the order of commits.</summary>
internal sealed record EventDraft(string Tenant, RunId RunId, long Version, DateTimeOffset At, string Type, string Data)
{
    /// <summary>Its place, as what is sealed there knows it.</summary>
    public static string Kind(long version) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"event {version}");

    public EventDraft Seal(Sealer sealer) => this with { Data = sealer.SealText(Data, Tenant, RunId, Kind(Version)) };
}

/// <summary>What came of a change.</summary>
internal enum WriteResult
{
    /// <summary>It is durable.</summary>
    Applied,

    /// <summary>A guard did not hold: somebody else was first. Nothing happened.</summary>
    Refused,

    /// <summary>A unique index refused it. Nothing happened.</summary>
    Conflict,
}

/// <summary>The store could not do it now; nothing happened.</summary>
internal sealed class StorageUnavailableException(string message, Exception inner) : Exception(message, inner)
{
    public StorageUnavailableException(Exception inner) : this("The ledger is unavailable: " + inner.Message, inner)
    {
    }
}
