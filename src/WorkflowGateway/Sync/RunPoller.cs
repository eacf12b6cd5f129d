using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Does what is due about one open run. A vendor's outage changes freshness, never status.</summary>
internal sealed partial class RunPoller(
    RunLedger ledger, LedgerReader reader, StartDispatcher starts, StartFallback fallback, RunCommander commander, CommandCutOff cutOff, RunWatch watch, Ids ids, TimeProvider time, ILogger<RunPoller> log)
{
    private const int MissingReads = 3;
    private static readonly TimeSpan MissingFor = TimeSpan.FromMinutes(5);

    /// <summary>For runs of a connection without bounds of its own. With another configuration they are due sooner.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(15);

    private PollPlan Later() => new(time.Now() + LookAgain, WorkLane.Later);

    /// <param name="claim">The claimed row.</param>
    /// <param name="connection">Its connection; null where that is no longer configured.</param>
    /// <param name="permit">A place at the vendor, given back at the end; null where nobody is to be called.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task HandleAsync(WorkClaim claim, ConnectionRunner? connection, ConnectionLimits.Permit? permit, CancellationToken cancellationToken)
    {
        using var place = permit;
        var run = await reader.FindRunAsync(claim.Tenant, claim.RunId);
        if (run is null || run.Final)
        {
            await ledger.DropWorkAsync(claim.RunId);
            return;
        }

        using var span = claim.Kind == WorkKind.Poll ? Telemetry.Tracing.Later("run poll", run) : null;
        // Another account's answers say nothing of this run: there is nobody to call then.
        var reached = connection?.Config.Identity == run.ConnectionIdentity ? connection : null;
        await (claim.Kind switch
        {
            WorkKind.Sent => GiveUpAsync(run),
            WorkKind.Queued when run.StopRequested => NeverSentAsync(run, "It was to be stopped before anything was sent."),
            WorkKind.Queued => reached is not null && permit is not null ? SendAsync(claim, run, reached, permit) : NeverSentAsync(run, reached),
            WorkKind.Poll when reached is null || permit is null => ledger.WriteAsync(run, WorkTable.Failed(claim, WorkTable.ConnectionChanged, Later(), 0, null)),
            WorkKind.Poll when run is { StopRequested: true, Bound: true } => SendStopAsync(run, reached, permit),
            WorkKind.Poll => PollAsync(claim, run, reached, cancellationToken),
            // It is the reconciler's.
            _ => ledger.WriteAsync(run, WorkTable.Postpone(claim, Later().DueAt)),
        });
    }

    /// <summary>Reads a run at its vendor and records what was seen, if nothing overtook the read.</summary>
    /// <returns>Whether the vendor showed the run.</returns>
    public async Task<bool> PollAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, CancellationToken cancellationToken)
    {
        RunSnapshot seen;
        try
        {
            seen = await connection.CallAsync((runner, token) => runner.GetAsync(run.VendorRun(ledger.OpenToken(run, claim.Credential)), token), cancellationToken);
        }
        catch (RunnerException exception)
        {
            LogFailed(log, run.Id, connection.Config.Name, exception.Error.Kind, exception.Error.VendorStatus);
            await FailedAsync(claim, run, connection, exception.Error);
            return false;
        }

        await SeenAsync(claim, run, connection, seen);
        return true;
    }

    private async Task SeenAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, RunSnapshot seen)
    {
        var now = time.Now();
        var after = Observation.Apply(run, seen, claim.Cause, now);
        if (after is not null && await JudgeAsync(claim, run, after, connection, seen, now)) return;

        if (after is not null && Observation.Changes(run, after))
        {
            var next = Plan(connection, after, 0, now);
            // Refused: something overtook the read, and that planned the next one.
            await ledger.UpdateAsync(run, after, claim.Cause, (WorkKind.Poll, next.DueAt), null, ledger.Body(after, BodyKind.Native, seen.Native.GetRawText()));
            return;
        }

        if (after is null) LogDropped(log, run.Id, run.Status, seen.NativeStatus);
        await ledger.WriteAsync(run, WorkTable.Seen(claim, now, Plan(connection, run, claim.Quiet + 1, now)));
    }

    private PollPlan Plan(ConnectionRunner connection, RunRow run, int quiet, DateTimeOffset now) =>
        PollPolicy.Next(connection.Config, run, quiet, watch.IsWatched(run.Id), now, ids.NextFraction());

    /// <returns>Whether the read said something of a command.</returns>
    private async Task<bool> JudgeAsync(WorkClaim claim, RunRow run, RunRow after, ConnectionRunner connection, RunSnapshot seen, DateTimeOffset now)
    {
        foreach (var command in await reader.ListUnsettledAsync(run.Id))
        {
            if (CommandCutOff.IsOver(command, connection.Config.Timeout, now)) await cutOff.GiveUpAsync(run, command);
            else if (command.State == CommandState.Unknown && CommandJudge.Verdict(command, after, seen, now) is { } verdict) await SettleAsync(claim, run, after, command, verdict, seen);
            else continue;
            return true;
        }

        return false;
    }

    // A read says what nobody saw come of a command: that is a change of its own, with the command in its event.
    private async Task SettleAsync(WorkClaim claim, RunRow run, RunRow after, CommandRow command, string verdict, RunSnapshot seen)
    {
        var refused = verdict == CommandState.Refused;
        List<Statement> also = [CommandTable.Move(command, CommandState.Unknown, verdict, null), ledger.Body(after, BodyKind.Native, seen.Native.GetRawText())];
        // It had no effect: the same request may be given again.
        if (refused && command.KeyHash is { } key) also.Add(KeyTable.Free(command.Tenant, key, command.Id));
        var note = new CommandNote(command.Kind, command.Actor, verdict);
        await ledger.UpdateAsync(run, after, claim.Cause, (WorkKind.Poll, ledger.SoonAfter(after)), note, [.. also]);
    }

    private async Task FailedAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, RunnerError error)
    {
        var now = time.Now();
        // An end user's token may simply not be allowed to see the run.
        var missing = error.Kind == RunnerErrorKind.NotFound && !connection.Config.CallerCredential;
        var since = missing ? claim.MissingSince ?? now : (DateTimeOffset?)null;
        if (missing && claim.Missing + 1 >= MissingReads && now - since >= MissingFor &&
            StartDecision.Unknown(run, "vendor-not-found", $"{connection.Info.DisplayName} no longer knows the run.", now) is { } lost)
        {
            await ledger.UpdateAsync(run, lost, claim.Cause, (WorkKind.Poll, now + connection.Config.PollMax));
            return;
        }

        var next = Plan(connection, run, claim.Quiet + 1, now);
        if (error.RetryAfter is { } wait && now + wait > next.DueAt) next = next with { DueAt = now + wait };
        await ledger.WriteAsync(run, WorkTable.Failed(claim, ledger.SealError(run, Storable.Text(error.Message, 500)!), next, missing ? claim.Missing + 1 : 0, since));
        if (error.Kind == RunnerErrorKind.Unauthorized && connection.Config.CallerCredential && claim.Credential is not null)
            await ledger.WriteAsync(run, WorkTable.DropCredential(claim));
    }

    // Only who flips the row to sent may send: a crash after the flip leaves it unknown, never sent twice.
    private async Task SendAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, ConnectionLimits.Permit permit)
    {
        if (await reader.FindBodyAsync(run, BodyKind.Start) is not { } body)
        {
            await NeverSentAsync(run, "What was to be sent cannot be read any more.");
            return;
        }

        var committedAt = time.GetTimestamp();
        if (await ledger.WriteAsync(run, WorkTable.Send(run.Id, claim.Fence, time.Now(), starts.GivenUpAt(connection))) != WriteResult.Applied) return;
        await starts.Dispatch(KeptStart.Of(body).At(run, connection, ledger.OpenToken(run, claim.Credential)), permit, committedAt);
    }

    private Task NeverSentAsync(RunRow run, ConnectionRunner? connection) => NeverSentAsync(run, connection is null
        ? $"The connection {run.Connection} was removed or changed before the start could be sent."
        : $"{connection.Info.DisplayName} could not be called in time.");

    // Queued means that certainly nothing was done under any attempt.
    private async Task NeverSentAsync(RunRow run, string why)
    {
        var now = time.Now();
        var error = new RunnerError { Kind = RunnerErrorKind.Unavailable, Message = why };
        if (await reader.FindBodyAsync(run, BodyKind.Start) is { } body && KeptStart.Of(body).Fallbacks is { } left && await fallback.TryMoveAsync(run, error, left) is not null) return;
        if (StartDecision.Failed(run, run.Attempt, error, now) is { } failed) await ledger.UpdateAsync(run, failed, "start", null);
    }

    private async Task GiveUpAsync(RunRow run)
    {
        LogGivenUp(log, run.Id);
        var now = time.Now();
        if (StartDecision.Unknown(run, StartDecision.Unconfirmed, "Nobody saw the vendor's answer: the gateway stopped or was held up while the start was under way.", now) is { } unknown)
            await ledger.UpdateAsync(run, unknown, "reconcile", (WorkKind.Reconcile, now), null, ledger.Body(run, BodyKind.Evidence, StartEvidence.Of(unknown, await reader.FindStartAsync(run.Id)).ToText()));
    }

    private async Task SendStopAsync(RunRow run, ConnectionRunner connection, ConnectionLimits.Permit permit)
    {
        if (!await commander.SendKeptStopAsync(run, permit)) await ledger.WriteAsync(run, WorkTable.Hint(run.Id, time.Now() + connection.Config.PollMin));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{RunId} could not be read at {Connection}: {Kind}, the vendor said {VendorStatus}")]
    private static partial void LogFailed(ILogger log, RunId runId, string connection, RunnerErrorKind kind, int? vendorStatus);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{RunId} is {Status}; the vendor's {NativeStatus} cannot follow or is older, and was dropped")]
    private static partial void LogDropped(ILogger log, RunId runId, RunStatus status, string? nativeStatus);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody saw the answer to the start of {RunId}: it is unknown now and will not be sent again")]
    private static partial void LogGivenUp(ILogger log, RunId runId);
}
