using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Looks for due runs, a loop for each connection, so that one vendor's trouble holds up nobody else.</summary>
internal sealed partial class SyncLoop(
    RunnerRegistry runners, LedgerWriter writer, LedgerReader reader, RunPoller poller, Replicas replicas, DetachedWork detached, CommandCutOff commands, Ids ids, Dialect dialect, TimeProvider time, ILogger<SyncLoop> log) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TickOfRest = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the server listens: what is begun from then on is not what was cut off.
        if (dialect.SingleProcess) await CutOffAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        ConnectionLoops.RunAsync(runners, _ => true, (name, end) => FollowAsync(name, end, stoppingToken), stoppingToken),
        RunAsync("connections that are gone", TickOfRest, () => LookForRestAsync(stoppingToken), stoppingToken));

    // What was begun ends with the process, not with the connection.
    private Task FollowAsync(string name, CancellationToken end, CancellationToken stoppingToken)
    {
        ConnectionSync? sync = null;
        return RunAsync(name, Tick, async () =>
        {
            if (runners.Find(name) is not { } connection) return;
            if (sync?.Connection.Config.Identity != connection.Config.Identity) await TryAgainAsync(name);
            if (sync?.Connection != connection)
                sync = new ConnectionSync(connection, new Sweep(connection, writer, reader, replicas, ids, time), writer, reader, poller, detached, time, log);
            await sync.LookAsync(stoppingToken);
        }, end);
    }

    // It reaches an account again that it did not reach for a while, perhaps.
    private async Task TryAgainAsync(string name)
    {
        while (await writer.QueryAsync(WorkTable.TryAgain(name, time.Now(), Sweep.LargestPage), rows => rows.Read()))
        {
            // The next ones: a million of them are no single commit.
        }
    }

    // What was under way when the only process stopped is nobody's any more: say so now, not at the end of its lease.
    private async Task CutOffAsync()
    {
        var change = new LedgerChange { Order = [] };
        change.Consequences.Add(WorkTable.CutOff(time.Now()));
        await writer.WriteAsync(change);
        await commands.GiveUpAllAsync();
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
            catch (StorageUnavailableException)
            {
                // The writer says so, once.
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

    // Nobody else looks after the runs of a connection that was taken out of the configuration.
    private async Task LookForRestAsync(CancellationToken stoppingToken)
    {
        foreach (var name in (await reader.ListConnectionsWithWorkAsync()).Where(name => runners.Find(name) is null))
        {
            foreach (var lane in Enum.GetValues<WorkLane>()) await TakeRestAsync(name, lane, stoppingToken);
        }
    }

    private async Task TakeRestAsync(string name, WorkLane lane, CancellationToken stoppingToken)
    {
        List<WorkClaim> claims;
        do
        {
            var now = time.Now();
            claims = await writer.QueryAsync(WorkTable.Claim(name, lane, now, now + TimeSpan.FromMinutes(1), ConnectionSync.MaxClaim), WorkTable.Read);
            await Task.WhenAll(claims.Select(claim => poller.HandleAsync(claim, null, null, stoppingToken)));
            // It may have come back meanwhile.
            if (claims.Count > 0 && runners.Find(name) is not null) await TryAgainAsync(name);
        }
        while (claims.Count == ConnectionSync.MaxClaim);
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
    public static partial void LogFailed(ILogger log, string connection, Exception exception);
}
