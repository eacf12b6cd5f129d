using static WorkflowGateway.RunStatus;

namespace WorkflowGateway.Runs;

/// <summary>Which status may follow which: the one table, for every writer.</summary>
internal static class RunTransitions
{
    /// <summary>Whether a run may go from one status to another. Staying is no transition and always allowed; nothing leaves a final status.</summary>
    public static bool Allows(RunStatus from, RunStatus to) => from == to || (from, to) switch
    {
        (Succeeded or Failed or Canceled or Skipped or Abandoned, _) => false,
        (_, Starting) => false,
        (_, Abandoned) => from == Unknown,
        (_, Skipped) => from is Starting or Unknown,
        // Every other open status may follow every other: a vendor may queue a running run again, and a stop may be undone.
        _ => true,
    };
}
