using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Looks for due runs, a loop for each connection, so that one vendor's trouble holds up nobody else.</summary>
internal sealed partial class SyncLoop(
    RunnerRegistry runners, LedgerWriter writer, LedgerReader reader, RunPoller poller, Dialect dialect, TimeProvider time, ILogger<SyncLoop> log) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private const int MaxClaim = 32;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (dialect.SingleProcess) await CutOffAsync();
        await Task.WhenAll(runners.All.Select(connection => RunAsync(connection, stoppingToken)));
    }

    // What was under way when the only process stopped is nobody's any more: say so now, not at the end of its lease.
    private async Task CutOffAsync()
    {
        var change = new LedgerChange { Order = [] };
        change.Consequences.Add(WorkTable.CutOff(time.Now()));
        change.Consequences.Add(CommandTable.CutOff());
        await writer.WriteAsync(change);
    }

    private async Task RunAsync(ConnectionRunner connection, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await LookAsync(connection, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(log, connection.Config.Name, exception);
            }
        }
    }

    private async Task LookAsync(ConnectionRunner connection, CancellationToken stoppingToken)
    {
        if (connection.Health.Pause > TimeSpan.Zero || !reader.IsDue(connection.Config.Name, time.Now())) return;
        var permits = new Queue<ConnectionLimits.Permit>();
        while (permits.Count < MaxClaim && connection.Limits.TryEnterPoll() is { } permit) permits.Enqueue(permit);
        try
        {
            if (permits.Count == 0) return;
            var now = time.Now();
            var lease = now + connection.Config.Timeout + TimeSpan.FromSeconds(30);
            var claims = await writer.QueryAsync(WorkTable.Claim(connection.Config.Name, now, lease, permits.Count), WorkTable.Read);
            foreach (var claim in claims) _ = HandleAsync(claim, connection, permits.Dequeue(), stoppingToken);
        }
        finally
        {
            foreach (var unused in permits) unused.Dispose();
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
