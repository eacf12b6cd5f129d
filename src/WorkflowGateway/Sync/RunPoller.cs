using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Does what is due about one open run. A vendor's outage changes freshness, never status.</summary>
internal sealed partial class RunPoller(
    RunLedger ledger, LedgerReader reader, StartDispatcher starts, RunCommander commander, Ids ids, TimeProvider time, ILogger<RunPoller> log)
{
    private const int MissingReads = 3;
    private static readonly TimeSpan MissingFor = TimeSpan.FromMinutes(5);

    /// <param name="claim">The claimed row.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="permit">A place at the vendor; given back here or by what it is handed to.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task HandleAsync(WorkClaim claim, ConnectionRunner connection, ConnectionLimits.Permit permit, CancellationToken cancellationToken)
    {
        var kept = permit;
        try
        {
            var run = await reader.FindRunAsync(claim.Tenant, claim.RunId);
            if (run is null || run.Final)
            {
                if (run is not null) await ledger.WriteAsync(run, WorkTable.Delete(claim.RunId));
                return;
            }

            if (claim.Kind == WorkKind.Queued && await TrySendAsync(claim, run, connection, permit)) kept = null;
            else if (claim.Kind == WorkKind.Sent) await GiveUpAsync(run);
            else if (claim.Kind == WorkKind.Poll && connection.Config.Identity != run.ConnectionIdentity) await FailedAsync(claim, run, connection, "connection-changed", null);
            else if (claim.Kind == WorkKind.Poll && run is { StopRequested: true, Bound: true }) await SendStopAsync(run, permit);
            else if (claim.Kind == WorkKind.Poll) await PollAsync(claim, run, connection, cancellationToken);
        }
        finally
        {
            kept?.Dispose();
        }
    }

    /// <summary>Reads a run at its vendor and records what was seen, if nothing overtook the read.</summary>
    public async Task PollAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await connection.CallAsync((runner, token) => runner.GetAsync(run.VendorRun(ledger.OpenToken(run, claim.Credential)), token), cancellationToken);
            await SeenAsync(claim, run, connection, seen);
        }
        catch (RunnerException exception)
        {
            LogFailed(log, run.Id, connection.Config.Name, exception.Error.Kind, exception.Error.Message);
            await FailedAsync(claim, run, connection, exception.Error.Message, exception.Error);
        }
    }

    private async Task SeenAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, RunSnapshot seen)
    {
        var now = time.Now();
        var after = Observation.Apply(run, seen, "poll", now);
        if (after is not null && Observation.Changes(run, after))
        {
            var next = PollPolicy.Next(connection.Config, after, 0, now, ids.NextFraction());
            // Refused: something overtook the read, and that planned the next one.
            if (await ledger.UpdateAsync(run, after, "poll", (WorkKind.Poll, next)) == WriteResult.Applied)
                ledger.KeepBody(after, BodyKind.Native, seen.Native.GetRawText());
            return;
        }

        if (after is null) LogDropped(log, run.Id, run.Status, seen.NativeStatus);
        await ledger.WriteAsync(run, WorkTable.Seen(claim, now, PollPolicy.Next(connection.Config, run, claim.Quiet + 1, now, ids.NextFraction())));
    }

    private async Task FailedAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, string message, RunnerError? error)
    {
        var now = time.Now();
        var missing = error?.Kind == RunnerErrorKind.NotFound;
        var since = missing ? claim.MissingSince ?? now : (DateTimeOffset?)null;
        if (missing && claim.Missing + 1 >= MissingReads && now - since >= MissingFor &&
            StartDecision.Unknown(run, "vendor-not-found", $"{connection.Info.DisplayName} no longer knows the run.", now) is { } lost)
        {
            await ledger.UpdateAsync(run, lost, "poll", (WorkKind.Poll, now + connection.Config.PollMax));
            return;
        }

        var next = PollPolicy.Next(connection.Config, run, claim.Quiet + 1, now, ids.NextFraction());
        if (error?.RetryAfter is { } wait && now + wait > next) next = now + wait;
        await ledger.WriteAsync(run, WorkTable.Failed(claim, Storable.Text(message, 500)!, next, missing ? claim.Missing + 1 : 0, since));
    }

    // Only who flips the row to sent may send: a crash after the flip leaves it unknown, never sent twice.
    private async Task<bool> TrySendAsync(WorkClaim claim, RunRow run, ConnectionRunner connection, ConnectionLimits.Permit permit)
    {
        var body = await reader.FindBodyAsync(run, BodyKind.Start);
        if (body is null)
        {
            await GiveUpAsync(run);
            return false;
        }

        if (await ledger.WriteAsync(run, WorkTable.Send(run.Id, claim.Fence, starts.GivenUpAt(connection))) != WriteResult.Applied) return false;
        starts.Dispatch(run, StartDispatcher.FromBody(body, run, ledger.OpenToken(run, claim.Credential)), connection, permit, time.GetTimestamp());
        return true;
    }

    private async Task GiveUpAsync(RunRow run)
    {
        LogGivenUp(log, run.Id);
        var now = time.Now();
        if (StartDecision.Unknown(run, StartDecision.Unconfirmed, "Nobody saw the vendor's answer: the gateway stopped or was held up while the start was under way.", now) is { } unknown)
            await ledger.UpdateAsync(run, unknown, "reconcile", (WorkKind.Reconcile, now));
    }

    private async Task SendStopAsync(RunRow run, ConnectionLimits.Permit permit)
    {
        permit.Dispose();
        await commander.SendKeptStopAsync(run);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{RunId} could not be read at {Connection}: {Kind}, {Reason}")]
    private static partial void LogFailed(ILogger log, RunId runId, string connection, RunnerErrorKind kind, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{RunId} is {Status}; the vendor's {NativeStatus} cannot follow or is older, and was dropped")]
    private static partial void LogDropped(ILogger log, RunId runId, RunStatus status, string? nativeStatus);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody saw the answer to the start of {RunId}: it is unknown now and will not be sent again")]
    private static partial void LogGivenUp(ILogger log, RunId runId);
}
