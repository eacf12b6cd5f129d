using System.Text.Json;

namespace WorkflowGateway.Client;

public sealed partial record RunEvent
{
    /// <summary><see cref="Data"/> read as what a <c>run.changed</c> event has; null for other events.</summary>
    public RunChange? ReadChange() => Type == "run.changed" ? Data.Deserialize<RunChange>() : null;
}
