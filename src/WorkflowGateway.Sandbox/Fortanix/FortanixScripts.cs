using System.Collections.Frozen;

namespace WorkflowGateway.Sandbox;

/// <summary>The final graphs of the simulated account.</summary>
internal static class FortanixScripts
{
    private static readonly Phase Pending = new("PENDING", 1);

    private static readonly FrozenDictionary<string, Phase[]> ByGraph = new Dictionary<string, Phase[]>
    {
        [Scenarios.Fortanix.TrainModel] = [Pending, new("RUNNING", 2), new("SUCCEEDED")],
        [Scenarios.Fortanix.Failing] = [Pending, new("RUNNING", 1), new("FAILED")],
        [Scenarios.Fortanix.NeverEnding] = [Pending, new("RUNNING")],
        [Scenarios.Fortanix.UnknownForAWhile] = [new("RUNNING", 1), new("UNKNOWN", 2), new("RUNNING", 1), new("SUCCEEDED")],
    }.ToFrozenDictionary();

    public static IReadOnlyList<Phase>? For(string graphId) => ByGraph.GetValueOrDefault(graphId);

    public static Phase[] Stop { get; } = [new("TERMINATING", 1), new("TERMINATED")];
}
