namespace WorkflowGateway.Faults.Kill;

/// <summary>What became of all starts.</summary>
internal sealed record Verdict
{
    /// <summary>Starts that callers wanted, each with a key of its own.</summary>
    public required int Keys { get; init; }

    /// <summary>Requests that a kill cut off.</summary>
    public required int Interrupted { get; init; }

    /// <summary>Runs whose id a caller was told.</summary>
    public required int Acknowledged { get; init; }

    /// <summary>Starts that the vendors carried out.</summary>
    public required int Processed { get; init; }

    /// <summary>Runs of which nobody could say, at one time, whether they were started.</summary>
    public required int Unknown { get; init; }

    /// <summary>How many of those were bound in the end, by vendor.</summary>
    public required IReadOnlyList<(string Vendor, int Count)> Settled { get; init; }

    /// <summary>Acknowledged runs that cannot be read any more.</summary>
    public required IReadOnlyList<string> Lost { get; init; }

    /// <summary>Keys and runs that were started more than once.</summary>
    public required IReadOnlyList<string> Doubled { get; init; }

    /// <summary>What else must not be.</summary>
    public required IReadOnlyList<string> Wrong { get; init; }

    /// <summary>Where the gateway's files were left.</summary>
    public string? Folder { get; init; }

    public bool IsClean => Lost.Count + Doubled.Count + Wrong.Count == 0;

    public string Summary =>
        $"{Lost.Count} lost, {Doubled.Count} doubled, {Unknown} unknown ({string.Join(", ", Settled.Select(some => $"{some.Count} settled at {some.Vendor}"))}), {Wrong.Count} otherwise wrong "
        + $"({Keys} starts wanted, {Interrupted} requests cut off, {Acknowledged} runs acknowledged, {Processed} starts processed by the vendors)";

    public override string ToString() =>
        string.Join(Environment.NewLine, Lost.Select(text => "lost: " + text).Concat(Doubled.Select(text => "doubled: " + text)).Concat(Wrong.Select(text => "wrong: " + text)).Take(40).Prepend(Summary));
}
