using System.Text.Json;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Runs;

/// <summary>Lets an operator settle a run that nobody can know about.</summary>
internal sealed class RunResolver(RunLedger ledger, LedgerReader reader, RunnerRegistry runners, Ids ids, IOptions<ReconcileOptions> options, TimeProvider time)
{
    /// <exception cref="RefusedException">It may not be settled so.</exception>
    public async Task<CommandResult> ResolveAsync(Caller caller, RunId id, Resolution resolution, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        var run = await reader.FindVisibleAsync(caller, id) ?? throw new RefusedException("run-not-found", $"There is no run {id}.");
        if (key is not null && await reader.FindKeyAsync(run.Tenant, key.Hash) is { } known)
        {
            if (known.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint)) return new CommandResult(run, Settled: true, Replayed: true);
            throw CommandRules.Refuse(run, "idempotency-key-reused", "This Idempotency-Key stands for another request. Use a new key for a new request.");
        }

        var stale = run.Status == RunStatus.Unknown ? null : run;
        if (stale is not null) run = Unknown(stale);
        var after = resolution switch
        {
            { Bind: { } vendorRunId } => await BindAsync(run, vendorRunId, caller, cancellationToken),
            { NotStarted: { } reason } when !run.Bound => await NotStartedAsync(run, reason),
            { NotStarted: not null } => throw CommandRules.Refuse(run, "action-unavailable", $"The run was started: it is {run.Vendor}'s {run.VendorRunId}."),
            { Abandon: { } reason } => Abandoned(run, reason),
            _ => throw new ArgumentException("A resolution has one member.", nameof(resolution)),
        };
        // Only now: what was refused has changed nothing.
        if (stale is not null && await ledger.UpdateAsync(stale, run, "operator", null, new CommandNote("resolve", caller.Name, "accepted")) != WriteResult.Applied)
            throw CommandRules.Refuse(stale, "precondition-failed", "The run changed meanwhile. Read it and decide anew.");
        var command = new CommandRow(
            run.Tenant, ids.NextRun().ToBytes(), run.Id.ToBytes(), "resolve", null, CommandState.Applied, ids.NextRandom().ToByteArray(bigEndian: true), caller.Name, key?.Hash, time.Now().ToUnixTimeMilliseconds(), null);
        List<Statement> also = [ledger.Command(command, JsonSerializer.Serialize(resolution, JsonSerializerOptions.Web))];
        also.Add(AuditTable.Insert(caller, "resolveRun", run.Tenant, run.Id.ToString(), time.Now()));
        if (key is not null) also.Insert(0, KeyTable.Claim(run.Tenant, key, command.Id));
        var result = await ledger.UpdateAsync(run, after, "operator", (WorkKind.Poll, ledger.SoonAfter(after)), new CommandNote("resolve", caller.Name, "applied"), [.. also]);
        return caller.Noted(result, run.Tenant, run.Id.ToString()) switch
        {
            WriteResult.Applied => new CommandResult(after, Settled: true, Replayed: false),
            WriteResult.Conflict => throw CommandRules.Refuse(run, "action-unavailable", $"{run.Vendor}'s {after.VendorRunId} is bound to another run."),
            _ => throw CommandRules.Refuse(await reader.FindRunAsync(run.Tenant, id) ?? run, "precondition-failed", "The run changed meanwhile. Read it and decide anew."),
        };
    }

    // An operator may also give up on a run that could not be read for a long time; it is unknown first, so that its history says so.
    private RunRow Unknown(RunRow run)
    {
        var staleAfter = runners.Find(run.Connection)?.Config.StaleAfter ?? TimeSpan.Zero;
        if (run.Final || run.Status == RunStatus.Starting || time.Now() - (run.ObservedAt ?? run.UpdatedAt) <= staleAfter)
            throw CommandRules.Refuse(run, "action-unavailable", $"The run is {RunViewWords.Of(run.Status)}; only a run that is unknown, or stale for long, is resolved by hand.");
        return StartDecision.Unknown(run, "stale", "It could not be read for a long time.", time.Now())!;
    }

    private async Task<RunRow> BindAsync(RunRow run, string vendorRunId, Caller caller, CancellationToken cancellationToken)
    {
        var connection = runners.Of(run) ?? throw CommandRules.Refuse(run, "action-unavailable", $"The connection {run.Connection} is gone or reaches another account.");
        // Binding reads what the caller names at the vendor: in an account shared by tenants that would show one tenant's run to another.
        if (caller.Tenant is { } own && !(connection.Config.Tenants is { Count: 1 } only && only.Contains(own)))
            throw new RefusedException("forbidden", $"Only a key of tenant * may bind runs on the connection {run.Connection}, which other tenants use too.");
        if (caller.Grants.Workflows is not null)
            throw new RefusedException("forbidden", $"The key '{caller.Name}' is for some workflows only, and a run that is named at the vendor may be of any. Use a key without workflows.");
        if (run.Bound && run.VendorRunId != vendorRunId)
            throw CommandRules.Refuse(run, "action-unavailable", $"The run is bound to {run.Vendor}'s {run.VendorRunId}, and stays so.");
        if (!connection.Info.IsRunId(vendorRunId))
            throw new RefusedException("validation-failed", $"{vendorRunId} is no run id of {connection.Info.DisplayName}.") { Errors = [new FieldError("/bind", $"Write a run id as {connection.Info.DisplayName} gives it.")] };
        try
        {
            using var permit = await connection.EnterAsync(cancellationToken);
            var seen = await connection.CallAsync((runner, token) => runner.GetAsync(new RunRef(vendorRunId, null, null), token), cancellationToken);
            // The vendor's own echo beats the operator's memory: bound here, that run would be steered for another.
            if (seen.Markers.Count > 0 && seen.Markers.All(marker => marker.RunId != run.Id.ToString()))
                throw CommandRules.Refuse(run, "action-unavailable", $"{connection.Info.DisplayName}'s {vendorRunId} carries the mark of {seen.Markers[0].RunId}, not of this run.");
            return Observation.Apply(run with { VendorVersion = null }, seen with { Run = seen.Run ?? new RunRef(vendorRunId, null, null) }, "operator", time.Now())
                ?? throw CommandRules.Refuse(run, "action-unavailable", $"What {connection.Info.DisplayName} says of {vendorRunId} cannot follow an unknown run.");
        }
        catch (RunnerException exception)
        {
            throw CommandRefusal.Of(exception.Error, run, null);
        }
    }

    // A vendor may carry out late what it took: before, nobody can know that it did not.
    private async Task<RunRow> NotStartedAsync(RunRow run, string reason)
    {
        var sent = (await reader.FindStartAsync(run.Id))?.SentAt ?? run.Id.CreatedAt;
        var (now, until) = (time.Now(), sent + options.Value.Settle);
        return now >= until ? NotStarted(run, reason) : throw new RefusedException(
            "action-unavailable", $"{run.Vendor} may still carry out the start of {sent.UtcDateTime:O}: that it was not started can be said from {until.UtcDateTime:O} on.")
        {
            Run = run,
            Vendor = run.Vendor,
            RetryAfter = until - now,
        };
    }

    private RunRow NotStarted(RunRow run, string reason) => StartDecision.Fail(
        run, StartDecision.NotObserved, new RunnerError { Kind = RunnerErrorKind.Unavailable, Message = reason }, retryable: false, time.Now());

    private RunRow Abandoned(RunRow run, string reason)
    {
        var now = time.Now();
        return run with
        {
            Status = RunStatus.Abandoned,
            Reason = null,
            LastKnownStatus = null,
            Detail = run.Detail with { Interactions = [], Error = new RunError(StartDecision.Abandoned, "run", Storable.Text(reason, 1000), null, false) },
            ObservedBy = "operator",
            FinalAt = now,
            UpdatedAt = now,
            Version = run.Version + 1,
        };
    }
}
