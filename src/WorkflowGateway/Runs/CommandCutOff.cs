using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>Commands whose sender is gone: nobody will ever hear their answers. Each becomes unknown in a change of its own, and the next read of its run judges it.</summary>
internal sealed class CommandCutOff(RunLedger ledger, LedgerReader reader, TimeProvider time)
{
    /// <summary>What is beyond is found out by the reads of its runs.</summary>
    private const int MaxAtBoot = 10_000;

    /// <summary>After a stop of the only process, before it begins anything.</summary>
    public async Task GiveUpAllAsync()
    {
        foreach (var command in await reader.ListSentAsync(MaxAtBoot))
            if (await reader.FindRunAsync(command.Tenant, RunId.FromBytes(command.RunId)) is { } run) await GiveUpAsync(run, command);
    }

    /// <summary>Whether nobody can still be waiting for the answer.</summary>
    public static bool IsOver(CommandRow command, TimeSpan timeout, DateTimeOffset now) =>
        command.State == CommandState.Sent && now - DateTimeOffset.FromUnixTimeMilliseconds(command.CreatedAt) > timeout + TimeSpan.FromSeconds(4);

    public Task<WriteResult> GiveUpAsync(RunRow run, CommandRow command)
    {
        var move = CommandTable.Move(command, CommandState.Sent, CommandState.Unknown, null);
        if (run.Final) return ledger.WriteAsync(run, move);
        var now = time.Now();
        var after = run with { UpdatedAt = now, Version = run.Version + 1 };
        return ledger.UpdateAsync(run, after, "command", (WorkKind.Poll, now), new CommandNote(command.Kind, command.Actor, CommandState.Unknown), move);
    }
}
