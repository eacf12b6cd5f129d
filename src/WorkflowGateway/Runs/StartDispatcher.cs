using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>Sends a start whose intent is durable, once, and records what came of it.</summary>
internal sealed partial class StartDispatcher(
    RunLedger ledger, LedgerReader reader, DetachedWork detached, RunCommander commander, Ids ids, TimeProvider time, ILogger<StartDispatcher> log)
{
    /// <summary>A byte goes out within this time of its commit, or not at all: later somebody may have declared the attempt lost.</summary>
    private static readonly TimeSpan SendWindow = TimeSpan.FromSeconds(5);

    private const int MaxAttempts = 3;

    /// <summary>When nobody can still be sending an attempt committed now.</summary>
    public DateTimeOffset GivenUpAt(ConnectionRunner connection) => time.Now() + SendWindow + connection.Config.Timeout + TimeSpan.FromSeconds(30);

    /// <summary>Sends, detached from the caller.</summary>
    /// <param name="run">The run at the attempt that was just committed.</param>
    /// <param name="start">What to send, under that attempt.</param>
    /// <param name="connection">Where to.</param>
    /// <param name="permit">Given back when the vendor has answered.</param>
    /// <param name="committedAt">Timestamp of the commit.</param>
    public void Dispatch(RunRow run, StartRun start, ConnectionRunner connection, ConnectionLimits.Permit permit, long committedAt) =>
        _ = detached.Run(() => SendAsync(run, start, connection, permit, committedAt));

    /// <summary>What is kept so that a start can be sent again after certainly nothing was done.</summary>
    public static StartRun FromBody(string body, RunRow run, Secret? token)
    {
        using var document = JsonDocument.Parse(body);
        return new StartRun
        {
            Target = document.RootElement.GetProperty("target").Clone(),
            Input = document.RootElement.GetProperty("input").Clone(),
            Marker = new RunMarker(run.Id.ToString(), run.Attempt.ToString("N")),
            DryRun = run.DryRun,
            Subject = token is null && run.Subject is null ? null : new Subject(run.Subject, token),
        };
    }

    private async Task SendAsync(RunRow run, StartRun start, ConnectionRunner connection, ConnectionLimits.Permit permit, long committedAt)
    {
        using (permit)
        {
            try
            {
                if (time.GetElapsedTime(committedAt) > SendWindow) throw new RunnerException(RunnerErrorKind.Unavailable, "The gateway was held up; nothing was sent.");
                var answer = await connection.CallAsync((runner, token) => runner.StartAsync(start, token), detached.CutOff);
                await RecordAsync(run, now => row => StartDecision.Answered(row, run.Attempt, answer, now), answer.Snapshot.Native);
            }
            catch (RunnerException exception)
            {
                await RecordFailureAsync(run, start, exception.Error);
            }
            catch (OperationCanceledException)
            {
                await RecordFailureAsync(run, start, new RunnerError { Kind = RunnerErrorKind.Unconfirmed, Message = "The gateway stopped before the vendor answered." });
            }
        }
    }

    private async Task RecordFailureAsync(RunRow run, StartRun start, RunnerError error)
    {
        var now = time.Now();
        if (StartDecision.MayTryAgain(error) && run.Attempts < MaxAttempts && !detached.CutOff.IsCancellationRequested &&
            StartDecision.Again(run, run.Attempt, ids.NextRandom(), error, now) is { } again)
        {
            var wait = error.RetryAfter ?? TimeSpan.FromMilliseconds(250 * Math.Pow(4, run.Attempts - 1));
            if (wait <= TimeSpan.FromSeconds(3))
            {
                var body = JsonSerializer.Serialize(new { target = start.Target, input = start.Input });
                var queued = await detached.UntilStoredAsync(() => ledger.UpdateAsync(run, again, "start", (WorkKind.Queued, now + wait), null, ledger.Body(run, BodyKind.Start, body)));
                if (queued == WriteResult.Applied) return;
            }
        }

        await RecordAsync(run, at => row => StartDecision.Failed(row, run.Attempt, error, at), null);
        if (error.Kind is RunnerErrorKind.Unconfirmed or RunnerErrorKind.Contract) KeepEvidence(run, error);
    }

    /// <summary>Durable before anyone sees it. Applied to the run as it is now; if that moved meanwhile, decided anew.</summary>
    private async Task RecordAsync(RunRow run, Func<DateTimeOffset, Func<RunRow, RunRow?>> decision, JsonElement? native)
    {
        var attempt = run.Attempt;
        var current = run;
        while (true)
        {
            var after = decision(time.Now())(current);
            if (after is null)
            {
                LogLate(log, run.Id, attempt);
                return;
            }

            var kind = after.Bound ? WorkKind.Poll : WorkKind.Reconcile;
            var result = await detached.UntilStoredAsync(() => ledger.UpdateAsync(current, after, "start", (kind, ledger.SoonAfter(after))));
            if (result == WriteResult.Applied)
            {
                if (native is { } answer) ledger.KeepBody(after, BodyKind.Native, answer.GetRawText());
                if (after is { Bound: true, StopRequested: true }) await commander.SendKeptStopAsync(after);
                return;
            }

            if (result == WriteResult.Conflict)
            {
                LogConflict(log, run.Id, after.VendorRunId);
                decision = now => row => StartDecision.Unknown(row, "conflicting-binding", $"The vendor named its run {after.VendorRunId}, which is another run's.", now);
            }

            current = await reader.FindRunAsync(run.Tenant, run.Id) ?? current;
        }
    }

    private void KeepEvidence(RunRow run, RunnerError error) => ledger.KeepBody(run, BodyKind.Evidence, JsonSerializer.Serialize(new
    {
        attempt = run.Attempt.ToString("N"),
        sentAt = run.UpdatedAt,
        failedAt = time.Now(),
        error.Message,
        error.VendorStatus,
        firstBytes = error.Evidence,
    }, JsonSerializerOptions.Web));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to {RunId} came after its attempt {Attempt} was given up or settled")]
    private static partial void LogLate(ILogger log, RunId runId, Guid attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "{RunId} was answered with the vendor's run {VendorRunId}, which is bound to another run")]
    private static partial void LogConflict(ILogger log, RunId runId, string? vendorRunId);
}
