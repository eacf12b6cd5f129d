using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>A command whose acceptance is durable.</summary>
internal sealed record SentCommand(RunRow Run, CommandRow Row, CommandRequest Request, ConnectionRunner Connection, ConnectionLimits.Permit? Permit);

/// <summary>Sends a command once, detached from the caller, and records what came of it.</summary>
internal sealed partial class CommandDispatcher(
    RunLedger ledger, LedgerReader reader, DetachedWork detached, TimeProvider time, ILogger<CommandDispatcher> log, Telemetry.RunMetrics? metrics = null)
{
    /// <summary>When the answer to a command sent now is given up.</summary>
    public DateTimeOffset GivenUpAt(ConnectionRunner connection) => time.Now() + connection.Config.Timeout + TimeSpan.FromSeconds(5);

    /// <summary>Sends, and waits a while for the answer.</summary>
    /// <exception cref="RefusedException">The vendor refused it; nothing was done.</exception>
    public async Task<CommandResult> DispatchAsync(SentCommand command, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = detached.Run(async () =>
        {
            try
            {
                done.TrySetResult(await SendAsync(command));
            }
            catch (RefusedException refused)
            {
                done.TrySetException(refused);
            }
            catch
            {
                // It was sent: whatever went wrong since, the caller must not hear that nothing was begun.
                done.TrySetResult(new CommandResult(command.Run, Settled: false, Replayed: false));
                throw;
            }
        });
        try
        {
            return await done.Task.WaitAsync(atMost, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new CommandResult(command.Run, Settled: false, Replayed: false);
        }
    }

    /// <exception cref="RefusedException">The vendor refused it; nothing was done.</exception>
    public async Task<CommandResult> SendAsync(SentCommand command)
    {
        // Written only once the call is over: a failure to write must never be taken for one of the vendor.
        var (snapshot, error) = await CallAsync(command);
        if (snapshot is not null && command.Connection.Config.CallerCredential && ledger.SealToken(command.Run, command.Request.VendorToken) is { } good)
            ledger.RenewToken(command.Run, good);
        if (snapshot is not null) return new CommandResult(await RecordAsync(command, CommandState.Applied, snapshot, null), Settled: true, Replayed: false);
        if (error!.Kind is not (RunnerErrorKind.Unconfirmed or RunnerErrorKind.Contract)) throw await RefuseAsync(command, error);
        LogUnconfirmed(log, command.Row.Kind, command.Run.Id, error.VendorStatus);
        return new CommandResult(await RecordAsync(command, CommandState.Unknown, null, null), Settled: false, Replayed: false);
    }

    private async Task<(RunSnapshot? Snapshot, RunnerError? Error)> CallAsync(SentCommand command)
    {
        using (command.Permit)
        {
            var marker = new RunMarker(command.Run.Id.ToString(), Convert.ToHexStringLower(command.Row.Attempt));
            return await command.Connection.TryCallAsync((runner, token) => CommandCall.SendAsync(runner, command, marker, token), detached.CutOff);
        }
    }

    private async Task<RefusedException> RefuseAsync(SentCommand command, RunnerError error)
    {
        var refusal = CommandRefusal.Of(error, command.Run, command.Request);
        var freed = error.Kind is RunnerErrorKind.Unavailable or RunnerErrorKind.RateLimited;
        var run = await RecordAsync(command, CommandState.Refused, null, freed ? null : CommandRefusal.ToText(refusal), freed);
        if (error.Kind is RunnerErrorKind.Conflict or RunnerErrorKind.NotFound) run = await ReadAgainAsync(command, run);
        return CommandRefusal.Of(error, run, command.Request);
    }

    // The vendor says that the run is not as we think: show the caller how it is.
    private async Task<RunRow> ReadAgainAsync(SentCommand command, RunRow run)
    {
        try
        {
            using var permit = command.Connection.TryEnter(read: true);
            if (permit is null) return run;
            var seen = await command.Connection.CallAsync((runner, token) => runner.GetAsync(run.VendorRun(command.Request.VendorToken), token), detached.CutOff);
            if (Observation.Apply(run, seen, "command", time.Now()) is not { } after || !Observation.Changes(run, after)) return run;
            return await ledger.UpdateAsync(run, after, "command", (WorkKind.Poll, ledger.SoonAfter(after))) == WriteResult.Applied ? after : run;
        }
        catch (Exception exception) when (exception is RunnerException or OperationCanceledException or StorageUnavailableException)
        {
            return run;
        }
    }

    private async Task<RunRow> RecordAsync(SentCommand command, string outcome, RunSnapshot? snapshot, string? answer, bool freeKey = false)
    {
        var run = command.Run;
        metrics?.Commanded(run, command.Row.Kind, outcome);
        var move = ledger.MoveCommand(command.Row, CommandState.Sent, outcome, answer);
        Statement[] also = freeKey && command.Request.Key is { } key ? [move, KeyTable.Free(run.Tenant, key.Hash, command.Row.Id)] : [move];
        var note = new CommandNote(command.Row.Kind, command.Row.Actor, outcome);
        while (true)
        {
            var now = time.Now();
            // An answer that says nothing of the state leaves it; the next read is soon.
            var after = snapshot is { } seen && seen is not { Status: RunStatus.Unknown, NativeStatus: null } ? Observation.Apply(run, seen, "command", now) : null;
            after ??= run with { UpdatedAt = now, Version = run.Version + 1 };
            var result = run.Final
                ? await detached.UntilStoredAsync(() => ledger.WriteAsync(run, also))
                : await detached.UntilStoredAsync(() => ledger.UpdateAsync(run, after, "command", (WorkKind.Poll, ledger.SoonAfter(after)), note, also));
            if (result == WriteResult.Applied)
            {
                if (snapshot is not null && !run.Final) ledger.KeepBody(after, BodyKind.Native, snapshot.Native.GetRawText());
                return run.Final ? run : after;
            }

            var (fresh, state) = await detached.UntilStoredAsync(async () =>
                (await reader.FindRunAsync(run.Tenant, run.Id) ?? run, (await reader.FindCommandAsync(run.Tenant, command.Row.Id))?.State));
            // Somebody else settled the command (it was given up after a restart): what they wrote stands.
            if (fresh.Version == run.Version || state != CommandState.Sent) return fresh;
            run = fresh;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody can know whether {Command} reached {RunId}: the vendor said {VendorStatus}")]
    private static partial void LogUnconfirmed(ILogger log, string command, RunId runId, int? vendorStatus);
}
