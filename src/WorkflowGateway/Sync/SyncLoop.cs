using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Looks for due runs, a loop for each connection, so that one vendor's trouble holds up nobody else.</summary>
internal sealed partial class SyncLoop(
    RunnerRegistry runners, LedgerWriter writer, LedgerReader reader, RunPoller poller, DetachedWork detached, Dialect dialect, TimeProvider time, ILogger<SyncLoop> log) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TickOfRest = TimeSpan.FromSeconds(1);
    private const int MaxClaim = 32;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the server listens: what is begun from then on is not what was cut off.
        if (dialect.SingleProcess) await CutOffAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        runners.All.Select(connection => RunAsync(connection.Config.Name, Tick, () => LookAsync(connection, stoppingToken), stoppingToken))
            .Append(RunAsync("connections that are gone", TickOfRest, () => LookForRestAsync(stoppingToken), stoppingToken)));

    // What was under way when the only process stopped is nobody's any more: say so now, not at the end of its lease.
    private async Task CutOffAsync()
    {
        var change = new LedgerChange { Order = [] };
        change.Consequences.Add(WorkTable.CutOff(time.Now()));
        change.Consequences.Add(CommandTable.CutOff());
        await writer.WriteAsync(change);
    }

    private async Task RunAsync(string name, TimeSpan tick, Func<Task> look, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(tick, time);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await look();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(log, name, exception);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task LookAsync(ConnectionRunner connection, CancellationToken stoppingToken)
    {
        if (connection.Health.Pause > TimeSpan.Zero || await reader.CountDueAsync(connection.Config.Name, time.Now(), MaxClaim) is not (> 0 and var due)) return;
        var permits = new Queue<ConnectionLimits.Permit>();
        // No more than are due: a permit that is given back has still cost its share of the rate.
        while (permits.Count < due && connection.Limits.TryEnterPoll() is { } permit) permits.Enqueue(permit);
        try
        {
            if (permits.Count == 0) return;
            var now = time.Now();
            var lease = now + connection.Config.Timeout + TimeSpan.FromSeconds(30);
            var claims = await writer.QueryAsync(WorkTable.Claim(connection.Config.Name, now, lease, permits.Count), WorkTable.Read);
            foreach (var claim in claims)
            {
                var permit = permits.Dequeue();
                _ = detached.Run(() => HandleAsync(claim, connection, permit, stoppingToken));
            }
        }
        finally
        {
            foreach (var unused in permits) unused.Dispose();
        }
    }

    // Nobody else looks after the runs of a connection that was taken out of the configuration.
    private async Task LookForRestAsync(CancellationToken stoppingToken)
    {
        foreach (var name in (await reader.ListConnectionsWithWorkAsync()).Where(name => runners.Find(name) is null))
        {
            List<WorkClaim> claims;
            do
            {
                var now = time.Now();
                claims = await writer.QueryAsync(WorkTable.Claim(name, now, now + TimeSpan.FromMinutes(1), MaxClaim), WorkTable.Read);
                await Task.WhenAll(claims.Select(claim => poller.HandleAsync(claim, null, null, stoppingToken)));
            }
            while (claims.Count == MaxClaim);
        }
    }

    private async Task HandleAsync(WorkClaim claim, ConnectionRunner connection, ConnectionLimits.Permit permit, CancellationToken stoppingToken)
    {
        try
        {
            await poller.HandleAsync(claim, connection, permit, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The row stays due and is read after the restart.
        }
        catch (Exception exception)
        {
            LogFailed(log, connection.Config.Name, exception);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading due runs of {Connection} failed; they will be tried again")]
    private static partial void LogFailed(ILogger log, string connection, Exception exception);
}
