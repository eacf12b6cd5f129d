using System.Text.Json;

namespace WorkflowGateway;

/// <summary>Something that is to be done to a run. Each is sent to the vendor at most once.</summary>
public abstract record RunCommand
{
    /// <summary>The run at its vendor, with the newest version known.</summary>
    public required RunRef Run { get; init; }

    /// <summary>Marks this one command where the vendor echoes markers.</summary>
    public required RunMarker Marker { get; init; }
}

/// <summary>Answers a pending interaction.</summary>
public sealed record RespondToRun : RunCommand
{
    /// <summary>The interaction that is answered.</summary>
    public required string InteractionId { get; init; }

    /// <summary>One of the interaction's response types.</summary>
    public required string Type { get; init; }

    /// <summary>What goes with the answer, or null.</summary>
    public JsonElement? Data { get; init; }
}

/// <summary>Sends input that was not asked for.</summary>
public sealed record SendDataToRun : RunCommand
{
    /// <summary>A JSON object; which members it may have is the adapter's to say (Interactly: its input parts).</summary>
    public required JsonElement Data { get; init; }
}

/// <summary>Holds a run.</summary>
public sealed record PauseRun : RunCommand;

/// <summary>Lets a held run go on.</summary>
public sealed record ResumeRun : RunCommand
{
    /// <summary>What goes with it, or null.</summary>
    public JsonElement? Data { get; init; }
}

/// <summary>Stops a run. The vendor may take its time: the answer is then <see cref="RunStatus.Stopping"/>.</summary>
public sealed record StopRun : RunCommand;

/// <summary>Which runs to list.</summary>
public sealed record ListRuns
{
    /// <summary>Only runs of this target (its workflow, graph or flow), or null for all.</summary>
    public JsonElement? Target { get; init; }

    /// <summary>Only runs made at or after this time by the vendor's clock, where the vendor can filter; or null.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Only runs made at or before this time by the vendor's clock, where the vendor can filter; or null.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary><see cref="RunPage.Next"/> of the page before, or null for the first.</summary>
    public string? Cursor { get; init; }

    /// <summary>The most rows wanted, 1 to 1000.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A page of a vendor's list. Rows may be projections with less in them than a read gives.</summary>
/// <param name="Runs">The rows.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record RunPage(IReadOnlyList<RunSnapshot> Runs, string? Next);
