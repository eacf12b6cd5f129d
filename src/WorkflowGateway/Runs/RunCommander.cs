using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Runs;

/// <summary>Gives commands to runs: checked here first, durable before they are sent, sent at most once, one winner per interaction.</summary>
internal sealed class RunCommander(
    RunLedger ledger, LedgerReader reader, RunnerRegistry runners, CommandDispatcher dispatcher, Ids ids, TimeProvider time)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <exception cref="RefusedException">Nothing was done at the vendor.</exception>
    /// <exception cref="StorageUnavailableException">Nothing was done at all.</exception>
    public async Task<CommandResult> ExecuteAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var run = await reader.FindVisibleAsync(request.Caller, request.RunId)
                ?? throw new RefusedException("run-not-found", $"There is no run {request.RunId}.");
            if (await FindReplayAsync(run, request) is { } replay) return replay;
            var info = runners.InfoOf(run.Vendor) ?? throw CommandRules.Refuse(run, "action-unavailable", $"No adapter for {run.Vendor} is present.");
            var answered = request.Operation == RunOperation.Respond && await reader.FindTurnAsync(run.Id, request.InteractionId!) is not null;
            CommandRules.Check(run, request, info, answered, time.Now());
            var connection = runners.Of(run)
                ?? throw CommandRules.Refuse(run, "action-unavailable", $"The connection {run.Connection} is gone or reaches another account; the run cannot be steered.");
            if (connection.Config.CallerCredential && request.VendorToken is null)
                throw CommandRules.Refuse(run, "vendor-credential-missing", $"The connection {run.Connection} takes the end user's own token: send it in the header Vendor-Authorization.");
            CommandCheck.Check(run, request, connection);
            // An end user's token is for the vendor that asks for it, and for nobody else.
            var sent = connection.Config.CallerCredential ? request : request with { VendorToken = null };
            if (await TryAsync(run, sent, connection, cancellationToken) is { } result) return result;
            // Somebody changed the run between the check and the commit: check again.
        }
    }

    /// <summary>Sends the stop that was asked for before the run was bound. False where it was not sent: it stays kept, and is sent when the run is due next.</summary>
    /// <param name="run">The run.</param>
    /// <param name="place">A place at the vendor, given back here; null to take one.</param>
    public async Task<bool> SendKeptStopAsync(RunRow run, ConnectionLimits.Permit? place)
    {
        if (await reader.FindKeptStopAsync(run.Id) is not { } command || runners.Of(run) is not { } connection) return false;
        using var permit = place ?? connection.TryEnter(read: false);
        if (permit is null) return false;
        var after = run with { StopRequested = false, UpdatedAt = time.Now(), Version = run.Version + 1 };
        var note = new CommandNote("stop", command.Actor, "accepted");
        var taken = await ledger.UpdateAsync(
            run, after, "command", (WorkKind.Poll, dispatcher.GivenUpAt(connection)), note, CommandTable.SendKept(command, after.UpdatedAt.ToUnixTimeMilliseconds()));
        if (taken != WriteResult.Applied) return false;
        var request = new CommandRequest
        {
            Caller = new Access.Caller(run.Tenant, Access.Role.Caller, command.Actor ?? ""),
            RunId = run.Id,
            Operation = RunOperation.Stop,
            VendorToken = await ledger.FindTokenAsync(run),
        };
        try
        {
            await dispatcher.SendAsync(new SentCommand(after, command with { State = CommandState.Sent }, request, connection, null));
        }
        catch (RefusedException)
        {
            // Recorded with the command; whoever gave it was answered long ago.
        }

        return true;
    }

    private async Task<CommandResult?> TryAsync(RunRow run, CommandRequest request, ConnectionRunner connection, CancellationToken cancellationToken)
    {
        var keep = request.Operation == RunOperation.Stop && !run.Bound;
        var permit = keep ? null : await connection.EnterAsync(cancellationToken);
        try
        {
            var command = new CommandRow(
                run.Tenant, ids.NextRun().ToBytes(), run.Id.ToBytes(), RunViewWords.Of(request.Operation), request.InteractionId,
                keep ? CommandState.Kept : CommandState.Sent, ids.NextRandom().ToByteArray(bigEndian: true), request.Caller.Name, request.Key?.Hash, time.Now().ToUnixTimeMilliseconds(), null);
            var after = run with { StopRequested = run.StopRequested || keep, UpdatedAt = time.Now(), Version = run.Version + 1 };
            // A kept stop leaves what is under way alone; a sent one is not disturbed by reads until its answer is given up.
            (WorkKind, DateTimeOffset)? next = keep ? null : (WorkKind.Poll, dispatcher.GivenUpAt(connection));
            List<Statement> also = [ledger.Command(command, Describe(request)), AuditTable.Insert(request.Caller, command.Kind, run.Tenant, run.Id.ToString(), time.Now())];
            if (request.Key is { } key) also.Insert(0, KeyTable.Claim(run.Tenant, key, command.Id));
            var note = new CommandNote(command.Kind, command.Actor, "accepted");
            var written = await ledger.UpdateAsync(run, after, "command", next, note, [.. also]);
            if (request.Caller.Noted(written, run.Tenant, run.Id.ToString()) != WriteResult.Applied) return null;
            if (keep) return new CommandResult(after, Settled: false, Replayed: false);
            var sent = new SentCommand(after, command, request, connection, permit);
            permit = null;
            return await dispatcher.DispatchAsync(sent, AnswerWithin, cancellationToken);
        }
        finally
        {
            permit?.Dispose();
        }
    }

    private async ValueTask<CommandResult?> FindReplayAsync(RunRow run, CommandRequest request)
    {
        if (request.Key is not { } key || await reader.FindKeyAsync(run.Tenant, key.Hash) is not { } known) return null;
        if (!known.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint))
            throw CommandRules.Refuse(run, "idempotency-key-reused", "This Idempotency-Key stands for another request. Use a new key for a new request.");
        if (known.Retryable || await reader.FindCommandAsync(run.Tenant, known.Target) is not { } command) return null;
        if (command.Answer is { } answer) throw CommandRefusal.FromText(answer, run);
        // Refused without an answer: the run ended before its kept stop could be sent. Of a run that is over nothing is under way.
        return new CommandResult(run, command.State is CommandState.Applied or CommandState.Refused || run.Final, Replayed: true);
    }

    // What was asked, without what was said: data may be anything.
    private static string Describe(CommandRequest request) => JsonSerializer.Serialize(new { request.InteractionId, request.Type }, JsonSerializerOptions.Web);
}
