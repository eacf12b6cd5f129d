using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkflowGateway.Client;

/// <summary>A change of a run, as an event tells it.</summary>
public sealed record RunChange
{
    /// <summary>The run after the change.</summary>
    [JsonPropertyName("run")]
    public Run Run { get; init; } = default!;

    /// <summary>The status before; null at the first event.</summary>
    [JsonPropertyName("previousStatus")]
    public string? PreviousStatus { get; init; }

    /// <summary>What brought it.</summary>
    [JsonPropertyName("cause")]
    public string Cause { get; init; } = default!;

    /// <summary>The command it is about, as the gateway tells it; null where it is about none.</summary>
    [JsonPropertyName("command")]
    public JsonElement? Command { get; init; }

    /// <summary>Whether large parts of the run were left out; read the run to have them.</summary>
    [JsonPropertyName("truncated")]
    public bool Truncated { get; init; }
}

public sealed partial record RunEvent
{
    /// <summary><see cref="Data"/> read as what a <c>run.changed</c> event has; null for other events.</summary>
    public RunChange? ReadChange() => Type == "run.changed" ? Data.Deserialize<RunChange>() : null;
}
