using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>Sends a start whose intent is durable, once, and records what came of it.</summary>
internal sealed partial class StartDispatcher(
    RunLedger ledger, LedgerReader reader, StartFallback fallback, DetachedWork detached, RunCommander commander, Orphans orphans, Ids ids, TimeProvider time, ILogger<StartDispatcher> log)
{
    /// <summary>A byte goes out within this time of its commit, or not at all: later somebody may have declared the attempt lost.</summary>
    private static readonly TimeSpan SendWindow = TimeSpan.FromSeconds(5);

    private static readonly RunnerError HeldUp = new() { Kind = RunnerErrorKind.Unavailable, Message = "The gateway was held up; nothing was sent." };

    private const int MaxAttempts = 3;

    /// <summary>How long a start waits for its next attempt; where the vendor is away for longer it fails, and may be repeated.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>When nobody can still be sending an attempt committed now.</summary>
    public DateTimeOffset GivenUpAt(ConnectionRunner connection) => time.Now() + SendWindow + connection.Config.Timeout + TimeSpan.FromSeconds(30);

    /// <summary>Sends, detached from the caller.</summary>
    /// <param name="start">What to send where, under an attempt that was just committed.</param>
    /// <param name="permit">Given back when the vendor has answered.</param>
    /// <param name="committedAt">Timestamp from before the commit: what was given up is counted from there too.</param>
    /// <returns>The run once what came of it is durable; it may be on another attempt then.</returns>
    public Task<RunRow?> Dispatch(RoutedStart start, ConnectionLimits.Permit permit, long committedAt) =>
        detached.Run(() => SendAsync(start, permit, committedAt));

    private async Task<RunRow> SendAsync(RoutedStart routed, ConnectionLimits.Permit permit, long committedAt)
    {
        var (run, start, connection, _) = routed;
        using var span = Telemetry.Tracing.StepOf(run, "start dispatch");
        // Written only once the call is over: a failure to write must never be taken for one of the vendor.
        var (answer, error) = await CallAsync(start, connection, permit, committedAt);
        return answer is not null
            ? await RecordAsync(run, (row, now) => StartDecision.Answered(row, run.Attempt, answer, now), answer, ledger.Body(run, BodyKind.Native, answer.Snapshot.Native.GetRawText()))
            : await RecordFailureAsync(routed, error!);
    }

    private async Task<(StartAnswer? Answer, RunnerError? Error)> CallAsync(
        StartRun start, ConnectionRunner connection, ConnectionLimits.Permit permit, long committedAt)
    {
        using (permit)
        {
            if (time.GetElapsedTime(committedAt) > SendWindow)
                return (null, HeldUp);
            return await connection.TryCallAsync((runner, token) => runner.StartAsync(start, token), detached.CutOff);
        }
    }

    private async Task<RunRow> RecordFailureAsync(RoutedStart routed, RunnerError error)
    {
        var (run, start, connection, fallbacks) = routed;
        if (StartDecision.MayTryAgain(error) && !detached.CutOff.IsCancellationRequested)
        {
            // That this process was held up says nothing of the vendor.
            var moved = ReferenceEquals(error, HeldUp) ? null : await fallback.TryMoveAsync(run, error, fallbacks);
            if ((moved ?? await TryAgainAsync(routed, error)) is { } again) return again;
        }

        Statement[] evidence = error.Kind is RunnerErrorKind.Unconfirmed or RunnerErrorKind.Contract ? [Evidence(run, start, connection, error)] : [];
        return await RecordAsync(run, (row, at) => StartDecision.Failed(row, run.Attempt, error, at), null, evidence);
    }

    private async Task<RunRow?> TryAgainAsync(RoutedStart routed, RunnerError error)
    {
        var (run, start, _, fallbacks) = routed;
        var wait = error.RetryAfter ?? TimeSpan.FromMilliseconds(250 * Math.Pow(4, run.Attempts - 1));
        var now = time.Now();
        if (run.Attempts >= MaxAttempts || wait > LongestWait || StartDecision.Again(run, run.Attempt, ids.NextRandom(), error, now) is not { } again) return null;
        var body = new KeptStart(start.Target, start.Input, fallbacks).ToText();
        var queued = await detached.UntilStoredAsync(() => ledger.UpdateAsync(run, again, "start", (WorkKind.Queued, now + wait), null, ledger.Body(run, BodyKind.Start, body)));
        return queued == WriteResult.Applied ? again : null;
    }

    /// <summary>Durable before anyone sees it, with what came back, in one commit. Applied to the run as it is now; if that moved meanwhile, decided anew.</summary>
    private async Task<RunRow> RecordAsync(RunRow run, Func<RunRow, DateTimeOffset, RunRow?> decision, StartAnswer? answer, params Statement[] bodies)
    {
        var vendorRunId = (answer as StartAnswer.Started)?.Run.VendorRunId;
        var current = run;
        while (true)
        {
            if (decision(current, time.Now()) is not { } after)
            {
                LogLate(log, run.Id, run.Attempt, vendorRunId);
                // It may have been found at the vendor meanwhile.
                if (vendorRunId is not null && vendorRunId != current.VendorRunId) await detached.UntilStoredAsync(() => orphans.RecordAsync(current, vendorRunId));
                return current;
            }

            WriteResult result;
            try
            {
                result = await detached.UntilStoredAsync(() => WriteAsync(current, after, vendorRunId, bodies));
            }
            catch (Exception exception) when (exception is not StorageUnavailableException && after.Reason != StartDecision.Unconfirmed)
            {
                // The store will never take this answer, however often it is tried: then nobody can know, and the log has the id.
                LogUnstorable(log, run.Id, vendorRunId, exception);
                decision = (row, now) => StartDecision.Unknown(row, StartDecision.Unconfirmed, $"The vendor's answer could not be stored: {exception.GetType().Name}.", now);
                bodies = [];
                continue;
            }

            if (result == WriteResult.Applied)
            {
                if (after is { Bound: true, StopRequested: true, Final: false }) _ = detached.Run(() => commander.SendKeptStopAsync(after, null));
                return after;
            }

            if (result == WriteResult.Conflict)
            {
                LogConflict(log, run.Id, vendorRunId);
                decision = (row, now) => StartDecision.Unknown(row, StartDecision.ConflictingBinding, $"The vendor named its run {vendorRunId}, which is another run's.", now);
            }

            current = await detached.UntilStoredAsync(async () => await reader.FindRunAsync(run.Tenant, run.Id)) ?? current;
        }
    }

    private async Task<WriteResult> WriteAsync(RunRow before, RunRow after, string? vendorRunId, Statement[] bodies)
    {
        try
        {
            return await ledger.UpdateAsync(before, after, "start", (after.Bound ? WorkKind.Poll : WorkKind.Reconcile, ledger.SoonAfter(after)), null, bodies);
        }
        catch (StorageUnavailableException)
        {
            // Should the process die before the store is back, this line is all that is left of the binding.
            LogNotStored(log, after.Id, vendorRunId, RunViewWords.Of(after.Status));
            throw;
        }
    }

    // With the change that makes the run unknown: whoever sees it unknown can see why.
    private Statement Evidence(RunRow run, StartRun start, ConnectionRunner connection, RunnerError error) => ledger.Body(run, BodyKind.Evidence, new StartEvidence
    {
        Attempt = run.Marker.AttemptId,
        Target = (connection.Runner as IStartTraces)?.TraceOf(start.Target).Target,
        SentAt = run.UpdatedAt,
        FailedAt = time.Now(),
        Message = error.Message,
        VendorStatus = error.VendorStatus,
        FirstBytes = error.Evidence,
    }.ToText());

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to {RunId} came after its attempt {Attempt} was settled; it named the vendor's run {VendorRunId}")]
    private static partial void LogLate(ILogger log, RunId runId, Guid attempt, string? vendorRunId);

    [LoggerMessage(Level = LogLevel.Error, Message = "vendor_run_bound {RunId} {VendorRunId} {Status}: known, but the ledger cannot take it now; it is tried again")]
    private static partial void LogNotStored(ILogger log, RunId runId, string? vendorRunId, string status);

    [LoggerMessage(Level = LogLevel.Error, Message = "The answer to {RunId} (the vendor's {VendorRunId}) cannot be stored; the run becomes unknown")]
    private static partial void LogUnstorable(ILogger log, RunId runId, string? vendorRunId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{RunId} was answered with the vendor's run {VendorRunId}, which is bound to another run")]
    private static partial void LogConflict(ILogger log, RunId runId, string? vendorRunId);
}
