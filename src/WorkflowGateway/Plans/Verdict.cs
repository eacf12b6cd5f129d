using WorkflowGateway.Ledger;

namespace WorkflowGateway.Plans;

/// <summary>What becomes of a recorded start when it is made again under the new configuration.</summary>
internal enum VerdictKind
{
    /// <summary>The same route, connection and account, and the same request.</summary>
    Same = 0,

    Rerouted,
    WouldFail,
    CannotTell,
}

/// <param name="Start">The start.</param>
/// <param name="Kind">What becomes of it.</param>
internal sealed record Verdict(RecordedStart Start, VerdictKind Kind)
{
    /// <summary>What it comes to today; null where nobody can tell.</summary>
    public Outcome? Before { get; init; }

    public Outcome? After { get; init; }

    /// <summary>What differs: route, connection, account, request, fallback; or accepted, where it is refused today.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Of one that would fail the problem's code; of one that nobody can tell of the reason.</summary>
    public string? Code { get; init; }

    /// <summary>The words that its caller would get, without anything of the input.</summary>
    public string? Detail { get; init; }

    /// <summary>Pointers into the start to what reached the vendor and would not any more.</summary>
    public IReadOnlyList<string> Drops { get; init; } = [];

    /// <summary>The route that stood in and started it, where nobody there would stand in any more.</summary>
    public string? LostStandIn { get; init; }

    /// <summary>The placeholders of the new route that the start has nothing for, and that the route before did not ask for.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];
}
