using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Telemetry;

namespace WorkflowGateway.Runs;

/// <summary>Writes runs: every change with its event, its counts and what is to be done next, whole or not at all.</summary>
internal sealed class RunLedger(LedgerWriter writer, LedgerReader reader, RunEvents events, RunnerRegistry runners, Sealer sealer, RunMetrics? metrics = null)
{
    private static readonly TimeSpan KeyRetention = TimeSpan.FromDays(7);

    /// <summary>The intent: durable before the first byte goes out.</summary>
    /// <param name="run">A new run.</param>
    /// <param name="key">The caller's key; refused when another request has it.</param>
    /// <param name="dueAt">When nobody can still be sending.</param>
    /// <param name="vendorToken">The end user's token, kept sealed while the run is open.</param>
    /// <param name="input">What to show as the run's input, or null to keep none. With the run: a commit of its own would cost a sync.</param>
    /// <param name="trace">What the run is looked for by should nobody see the answer to its start.</param>
    /// <param name="caller">Who starts it.</param>
    public async Task<WriteResult> InsertAsync(RunRow run, IdempotencyKey? key, DateTimeOffset dueAt, Secret? vendorToken, string? input, StartTrace? trace, Access.Caller? caller = null)
    {
        var change = new LedgerChange { Order = run.Id.ToBytes(), Run = run };
        if (key is not null) change.Guards.Add(KeyTable.Claim(run.Tenant, key, run.Id.ToBytes()));
        change.Guards.Add(RunColumns.Insert(run, key?.Hash, sealer));
        foreach (var (name, value) in run.Labels)
            change.Consequences.Add(new Statement("INSERT INTO run_labels(tenant, key, value, run_id) VALUES(@tenant, @key, @value, @run_id)", run.Tenant, name, value, run.Id.ToBytes()));
        change.Consequences.Add(WorkTable.Insert(run, WorkKind.Sent, dueAt, SealToken(run, vendorToken), trace));
        if (input is not null) change.Consequences.Add(Body(run, BodyKind.Input, input));
        if (caller is not null) change.Consequences.Add(AuditTable.Insert(caller, "startRun", run.Tenant, run.Id.ToString(), run.UpdatedAt));
        change.Counts.Add((run, 1));
        change.Events.Add(events.Draft(null, run, "start", null).Seal(sealer));
        var result = await CommitAsync(change, null, run, "start");
        return caller is null ? result : caller.Noted(result, run.Tenant, run.Id.ToString());
    }

    /// <summary>A run's next version, if it is still at the one before.</summary>
    /// <param name="before">The run as it was read.</param>
    /// <param name="after">The run with the next version.</param>
    /// <param name="cause">start, command, poll, vendor-event, reconcile or operator.</param>
    /// <param name="next">What is to be done next while it is open, and when; null leaves that as it is.</param>
    /// <param name="command">The command behind the change.</param>
    /// <param name="also">What else must be written with it; the first of these may be guards.</param>
    public Task<WriteResult> UpdateAsync(
        RunRow before, RunRow after, string cause, (WorkKind Kind, DateTimeOffset DueAt)? next, CommandNote? command = null, params ReadOnlySpan<Statement> also)
    {
        var change = new LedgerChange { Order = after.Id.ToBytes(), Run = after };
        change.Guards.Add(RunColumns.Update(after, sealer));
        change.Guards.AddRange(also);
        if (after.Final || (after.DryRun && after.Status != RunStatus.Starting))
        {
            // A dry run is a question that was answered: there is nothing to read any more.
            change.Consequences.Add(after.Lost && IsLookedFor(after) ? LostStart.Keep(after) : WorkTable.Delete(after.Id));
            change.Consequences.Add(KeyTable.End(after, after.Detail.Error is { Retryable: true }, after.UpdatedAt + KeyRetention));
            if (before.StopRequested)
            {
                change.Consequences.Add(CommandTable.DropKept(after));
                // Its end is told with the run's; who gave it stands in the event that took it.
                command ??= new CommandNote("stop", null, CommandState.Refused);
            }
        }
        else if (next is { } work)
        {
            change.Consequences.Add(WorkTable.Plan(after, work.Kind, work.DueAt));
        }

        if (after.Attempts > 1 && after.Status != RunStatus.Starting) change.Consequences.Add(DropBody(after, BodyKind.Start));
        if ((before.Status, before.Vendor, before.Connection) != (after.Status, after.Vendor, after.Connection))
        {
            change.Counts.Add((before, -1));
            change.Counts.Add((after, 1));
        }

        change.Events.Add(events.Draft(before, after, cause, command).Seal(sealer));
        return CommitAsync(change, before, after, cause);
    }

    /// <summary>A run that is handed on to another route: a new attempt that waits to be sent, with everything that goes by its connection.</summary>
    /// <param name="before">The run at the attempt of which certainly nothing was done.</param>
    /// <param name="after">The run over its new route.</param>
    /// <param name="kept">What is to be sent there, and where else.</param>
    /// <param name="keepToken">Whether the end user's token is for the new connection too; else it is dropped.</param>
    /// <param name="trace">What the run is looked for by there.</param>
    public Task<WriteResult> MoveAsync(RunRow before, RunRow after, KeptStart kept, bool keepToken, StartTrace? trace) => UpdateAsync(
        before, after, "start", null, null, RunColumns.Move(after), WorkTable.Move(after, keepToken, trace), Body(after, BodyKind.Start, kept.ToText()));

    public Task<WriteResult> WriteAsync(RunRow run, params ReadOnlySpan<Statement> statements)
    {
        var change = new LedgerChange { Order = run.Id.ToBytes() };
        change.Guards.AddRange(statements);
        return writer.WriteAsync(change);
    }

    private async Task<WriteResult> CommitAsync(LedgerChange change, RunRow? before, RunRow after, string cause)
    {
        using var span = Tracing.Step("ledger commit", after);
        var result = await writer.WriteAsync(change);
        if (result == WriteResult.Applied) metrics?.Changed(before, after, cause);
        return result;
    }

    /// <summary>For a run that needs nothing more.</summary>
    public Task<WriteResult> DropWorkAsync(RunId run)
    {
        var change = new LedgerChange { Order = run.ToBytes() };
        change.Consequences.Add(WorkTable.Delete(run));
        return writer.WriteAsync(change);
    }

    /// <summary>The end user's newer token proved good: it takes the place of the one that the open run is read with.</summary>
    public void RenewToken(RunRow run, byte[] credential) => WriteLazily(run, WorkTable.Renew(run.Id, credential));

    /// <summary>Keeps a body without anybody waiting for it: it may be lost with the process, the run may not.</summary>
    public void KeepBody(RunRow run, string kind, string text) => WriteLazily(run, Body(run, kind, text));

    /// <summary>Has a run read soon, without anybody waiting for that.</summary>
    public void Hint(RunRow run, DateTimeOffset dueAt) => WriteLazily(run, WorkTable.Hint(run.Id, dueAt));

    /// <summary>The same because of a vendor's event.</summary>
    public void HintByEvent(RunId run, DateTimeOffset now) => WriteLazily(run, WorkTable.HintByEvent(run, now));

    private void WriteLazily(RunRow run, Statement statement) => WriteLazily(run.Id, statement);

    private void WriteLazily(RunId run, Statement statement)
    {
        var change = new LedgerChange { Order = run.ToBytes() };
        change.Guards.Add(statement);
        _ = writer.WriteAsync(change).ContinueWith(static lost => lost.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public Statement Body(RunRow run, string kind, string text) => new(
        "INSERT INTO run_bodies(tenant, run_id, kind, body) VALUES(@tenant, @run_id, @kind, @body) ON CONFLICT(tenant, run_id, kind) DO UPDATE SET body=excluded.body",
        run.Tenant, run.Id.ToBytes(), kind, sealer.Seal(text, run.Tenant, run.Id, kind));

    /// <summary>The end user's token that an open run is read with.</summary>
    public async ValueTask<Secret?> FindTokenAsync(RunRow run) => OpenToken(run, await reader.FindCredentialAsync(run.Id));

    public Secret? OpenToken(RunRow run, byte[]? credential) =>
        credential is null || sealer.Open(credential, run.Tenant, run.Id, TokenKind) is not { } token ? null : new Secret(token);

    public byte[]? SealToken(RunRow run, Secret? token) => token is null ? null : sealer.Seal(token.Reveal(), run.Tenant, run.Id, TokenKind);

    /// <summary>Why a run could not be read, which a vendor may have said in words about it.</summary>
    public string SealError(RunRow run, string error) => sealer.SealText(error, run.Tenant, run.Id, RunColumns.SyncErrorKind);

    /// <summary>When an open run is read next, right after something changed.</summary>
    public DateTimeOffset SoonAfter(RunRow run) => run.UpdatedAt + (runners.Find(run.Connection)?.Config.PollMin ?? TimeSpan.FromSeconds(1));

    private bool IsLookedFor(RunRow run) => runners.InfoOf(run.Vendor)?.AmbiguousStart is AmbiguousStart.FindByMarker or AmbiguousStart.OnlyCandidate;

    private static Statement DropBody(RunRow run, string kind) =>
        new("DELETE FROM run_bodies WHERE tenant=@tenant AND run_id=@run_id AND kind=@kind", run.Tenant, run.Id.ToBytes(), kind);

    /// <summary>A command with what it asked for, which an operator may have written.</summary>
    public Statement Command(CommandRow command, string request) =>
        CommandTable.Insert(command, sealer.SealText(request, command.Tenant, RunId.FromBytes(command.RunId), CommandTable.RequestKind));

    /// <summary>A command's next state, with the problem that it was refused with, which tells what the vendor said.</summary>
    public Statement MoveCommand(CommandRow command, string from, string to, string? answer) =>
        CommandTable.Move(command, from, to, answer is null ? null : sealer.SealText(answer, command.Tenant, RunId.FromBytes(command.RunId), CommandTable.AnswerKind));

    private const string TokenKind = "token";
}
