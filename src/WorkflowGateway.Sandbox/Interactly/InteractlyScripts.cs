using System.Collections.Frozen;

namespace WorkflowGateway.Sandbox;

/// <summary>The workflows of the simulated team.</summary>
internal static class InteractlyScripts
{
    private static readonly Phase Waiting = new("waiting_for_user_input");

    private static readonly FrozenDictionary<string, Phase[]> ByWorkflow = new Dictionary<string, Phase[]>
    {
        [Scenarios.Interactly.PatientIntake] = [new("running", 1), Waiting, new("running", 1), Waiting, new("running", 1), new("completed")],
        [Scenarios.Interactly.AtOnce] = [new("completed")],
        [Scenarios.Interactly.Failing] = [new("running", 1), new("failed")],
        [Scenarios.Interactly.Looping] = [new("running", 1), new("aborted_looping_risk")],
        [Scenarios.Interactly.NeverEnding] = [new("running")],
        [Scenarios.Interactly.Queued] = [new("not_started", 1), new("running", 1), new("completed")],
    }.ToFrozenDictionary();

    public static IReadOnlyList<Phase>? For(string workflowId) => ByWorkflow.GetValueOrDefault(workflowId);

    public static IReadOnlyList<Phase> OneInteraction { get; } = [Waiting, new("running", 1), new("completed")];
}
