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
    /// <param name="markers">The markers that the vendor echoed.</param>
    /// <param name="now">When it was read.</param>
    public static string? Verdict(CommandRow command, RunRow run, IReadOnlyList<RunMarker> markers, DateTimeOffset now)
    {
        var attempt = Convert.ToHexStringLower(command.Attempt);
        if (markers.Any(marker => marker.AttemptId == attempt)) return CommandState.Applied;
        return command.Kind switch
        {
            "respond" => Of(!run.Detail.Interactions.Any(interaction => interaction.Id == command.Turn)),
            "pause" => Of(run.Status == RunStatus.Paused),
            "resume" => Of(run.Status != RunStatus.Paused),
            "stop" => Of(run.Final || run.Status == RunStatus.Stopping),
            // Data leaves no trace but its marker, and an answer without the inputs proves nothing.
            _ => null,
        };

        string? Of(bool applied) => applied ? CommandState.Applied
            : now - DateTimeOffset.FromUnixTimeMilliseconds(command.CreatedAt) > SettleTime ? CommandState.Refused : null;
    }
}
