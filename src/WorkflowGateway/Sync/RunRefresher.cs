using System.Collections.Concurrent;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Reads a run at its vendor because a caller asked for it now. Callers that ask at once share one read.</summary>
internal sealed class RunRefresher(RunPoller poller, LedgerReader reader, LedgerWriter writer, RunLedger ledger, RunnerRegistry runners, TimeProvider time)
{
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<RunId, Lazy<Task>> _reading = new();

    /// <summary>The run as it is known after the read, or as it was where it could not be read now.</summary>
    public async Task<RunRow> RefreshAsync(RunRow run, Secret? vendorToken, CancellationToken cancellationToken)
    {
        if (run.Final || !run.Bound || run.DryRun || runners.Of(run) is not { } connection) return run;
        var reading = _reading.GetOrAdd(run.Id, id => new Lazy<Task>(() => ReadOnceAsync(run, connection, vendorToken)));
        await reading.Value.WaitAsync(cancellationToken);
        return await reader.FindRunAsync(run.Tenant, run.Id) ?? run;
    }

    /// <summary>Has a run read soon that a caller is going to wait for, unless it was read lately anyway.</summary>
    public void Hint(RunRow run)
    {
        if (run.Final || !run.Bound || run.DryRun || runners.Of(run) is not { } connection) return;
        var now = time.Now();
        if (now - (run.ObservedAt ?? run.UpdatedAt) > connection.Config.PollMin + FreshEnough) ledger.Hint(run, now);
    }

    // It ends when the read ends, not when whoever asked first goes away: the others still share it.
    private async Task ReadOnceAsync(RunRow run, ConnectionRunner connection, Secret? vendorToken)
    {
        try
        {
            await ReadAsync(run, connection, vendorToken);
        }
        finally
        {
            _reading.TryRemove(run.Id, out _);
        }
    }

    private async Task ReadAsync(RunRow run, ConnectionRunner connection, Secret? vendorToken)
    {
        // Within the connection's budget, else the stored state with its age is the answer.
        if (connection.TryEnter(read: true) is not { } permit) return;
        using (permit)
        {
            var now = time.Now();
            var claims = await writer.QueryAsync(WorkTable.Take(run.Id, now + connection.Config.Timeout + TimeSpan.FromSeconds(30)), WorkTable.Read);
            if (claims is not [{ Kind: WorkKind.Poll } claim]) return;
            var given = connection.Config.CallerCredential ? ledger.SealToken(run, vendorToken) : null;
            if (await poller.PollAsync(claim with { Credential = given ?? claim.Credential }, run, connection, CancellationToken.None) && given is not null)
                ledger.RenewToken(run, given);
        }
    }
}
