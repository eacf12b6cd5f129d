using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Takes what is due at one connection, only as much as there are places now, the most urgent first. Whoever takes a row has it until its lease ends.</summary>
internal sealed class ConnectionSync(
    ConnectionRunner connection, Sweep sweep, LedgerWriter writer, LedgerReader reader, RunPoller poller, DetachedWork detached, TimeProvider time, ILogger log)
{
    public const int MaxClaim = 32;

    private readonly LaneShare _share = new();

    public ConnectionRunner Connection => connection;

    private string Name => connection.Config.Name;

    public async Task LookAsync(CancellationToken stoppingToken)
    {
        var due = await reader.CountDueAsync(Name, time.Now(), Sweep.Worthwhile);
        if (due.GivenUp > 0) await TakeAsync(WorkLane.GivenUp, (int)due.GivenUp, [], stoppingToken);
        var permits = new Queue<ConnectionLimits.Permit>();
        try
        {
            await TakeStartsAsync(due, permits, stoppingToken);
            await TakeReadsAsync(due, permits, stoppingToken);
        }
        finally
        {
            foreach (var unused in permits) unused.Dispose();
        }
    }

    private async Task TakeStartsAsync(DueCounts due, Queue<ConnectionLimits.Permit> permits, CancellationToken stoppingToken)
    {
        // Whoever was told that his start is retried waits for an answer: it is not kept for a vendor that is away for long.
        if (due.Starts > 0 && connection.Away > StartDispatcher.LongestWait)
        {
            await TakeAsync(WorkLane.Starts, (int)due.Starts, permits, stoppingToken);
            return;
        }

        while (permits.Count < due.Starts && connection.TryEnter(read: false) is { } permit) permits.Enqueue(permit);
        if (permits.Count > 0) await TakeAsync(WorkLane.Starts, permits.Count, permits, stoppingToken);
    }

    private async Task TakeReadsAsync(DueCounts due, Queue<ConnectionLimits.Permit> permits, CancellationToken stoppingToken)
    {
        // A page first: it settles more than any other call.
        if (sweep.Wants(due.Later) && connection.TryEnter(read: true) is { } page) _ = RunAsync(() => sweep.ReadPageAsync(page, stoppingToken), stoppingToken);
        if (sweep.UnderWay) due = due with { Later = 0 };
        // No more than are due: a permit that is given back has still cost its share of the rate.
        while (permits.Count < due.Soon + due.Later && connection.TryEnter(read: true) is { } permit) permits.Enqueue(permit);
        var (soon, later) = _share.Divide(permits.Count, due.Soon, due.Later);
        if (soon > 0) await TakeAsync(WorkLane.Soon, soon, permits, stoppingToken);
        if (later > 0) await TakeAsync(WorkLane.Later, later, permits, stoppingToken);
    }

    private async Task TakeAsync(WorkLane lane, int limit, Queue<ConnectionLimits.Permit> permits, CancellationToken stoppingToken)
    {
        var now = time.Now();
        var lease = now + connection.Config.Timeout + TimeSpan.FromSeconds(30);
        foreach (var claim in await writer.QueryAsync(WorkTable.Claim(Name, lane, now, lease, limit), WorkTable.Read))
        {
            var permit = permits.TryDequeue(out var place) ? place : null;
            _ = RunAsync(() => HandleAsync(claim, permit, stoppingToken), stoppingToken);
        }
    }

    private async Task HandleAsync(WorkClaim claim, ConnectionLimits.Permit? permit, CancellationToken stoppingToken)
    {
        try
        {
            await poller.HandleAsync(claim, connection, permit, stoppingToken);
        }
        catch (StorageUnavailableException) when (claim.Kind == WorkKind.Poll)
        {
            // What was read is lost, and nobody else may read it before the lease ends: give it back as soon as the store is there again.
            var change = new LedgerChange { Order = claim.RunId.ToBytes() };
            change.Guards.Add(WorkTable.Postpone(claim, time.Now()));
            await detached.UntilStoredAsync(() => writer.WriteAsync(change));
        }
    }

    private Task RunAsync(Func<Task> work, CancellationToken stoppingToken) => detached.Run(async () =>
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The row stays due and is read after the restart.
        }
        catch (Exception exception)
        {
            SyncLoop.LogFailed(log, Name, exception);
        }
    });
}
