using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>
/// What a later read says of a command whose answer nobody saw. Pure. The command is never sent again; whoever gave it may give a new one
/// where this had no effect, and a vendor takes only one answer to an interaction even if the first should arrive late.
/// </summary>
internal static class CommandJudge
{
    /// <summary>A vendor may carry out late what it took: only after this is "it still stands as before" an answer.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromMinutes(1);

    /// <summary><see cref="CommandState.Applied"/>, <see cref="CommandState.Refused"/>, or null where the read does not say.</summary>
    /// <param name="command">A command in state unknown.</param>
    /// <param name="run">The run as the read showed it.</param>
    /// <param name="seen">The read.</param>
    /// <param name="now">When it was read.</param>
    public static string? Verdict(CommandRow command, RunRow run, RunSnapshot seen, DateTimeOffset now)
    {
        var attempt = Convert.ToHexStringLower(command.Attempt);
        if (seen.Markers.Any(marker => marker.AttemptId == attempt)) return CommandState.Applied;
        // A state that nobody understands proves nothing.
        if (run.Status == RunStatus.Unknown) return null;
        // Whoever echoes the start's mark would echo the command's, had it arrived.
        var absent = seen.ShowsMarkers && seen.Markers.Contains(run.Marker);
        return command.Kind switch
        {
            "respond" => Answered(),
            "pause" => Of(run.Status == RunStatus.Paused),
            "resume" => Of(run.Status != RunStatus.Paused),
            "stop" => Of(run.Final || run.Status == RunStatus.Stopping),
            // Data leaves no trace but its mark. While the run is open it may still arrive.
            _ => run.Final && absent ? CommandState.Refused : null,
        };

        string? Answered()
        {
            // It waits, and the answer does not show for what.
            if (run.Status == RunStatus.Waiting && run.Detail.Interactions.Count == 0) return null;
            // Gone without our mark: somebody else answered it.
            return Of(!absent && !run.Detail.Interactions.Any(interaction => interaction.Id == command.Turn));
        }

        string? Of(bool applied) => applied ? CommandState.Applied
            : run.Final || now - DateTimeOffset.FromUnixTimeMilliseconds(command.CreatedAt) > SettleTime ? CommandState.Refused : null;
    }
}
