using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>
/// Tells the other replicas that this one is there, and hears of them: each uses its share of every rate limit, and all leave a vendor alone that asked
/// one of them for it. A replica that nobody hears of for three heartbeats counts no more.
/// </summary>
internal sealed partial class Replicas(
    LedgerWriter writer, LedgerReader reader, RunnerRegistry runners, LiveCatalog catalog, Dialect dialect, Ids ids, TimeProvider time, ILogger<Replicas> log)
    : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Alive = 3 * Beat;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private volatile IReadOnlyList<ReplicaRow> _live = [];

    /// <summary>This process, for the others.</summary>
    public string Id { get; } = ids.NextRandom().ToString("N");

    /// <summary>Who was alive at the last heartbeat, this process among them.</summary>
    public IReadOnlyList<ReplicaRow> Live => _live;

    /// <summary>Whether all serve the configuration that this one serves, and reach the same accounts by it, as far as it has heard.</summary>
    public bool Agree
    {
        get
        {
            var (live, current) = (_live, catalog.Current);
            return live.Count < 2 || live.All(replica => replica.Id == Id || (replica.Revision == current.Revision && replica.Accounts is var accounts && (accounts is null || accounts == current.Accounts)));
        }
    }

    /// <summary>Whether this process does what only one should do for a connection. Now and then two do, or none: it must do no harm.</summary>
    public bool IsMine(string connection)
    {
        var live = _live;
        return live.Count < 2 || live[connection.Sum(letter => letter) % live.Count].Id == Id;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        runners.Paused += (connection, wait) => _ = TellAsync(connection, wait);
        catalog.Changed += () => _ = TryBeatAsync();
        if (dialect.SingleProcess) await WriteAsync(ReplicaTable.LeaveOthers(Id));
        await TryBeatAsync();
        if (_live.Count > 1 && catalog.Current.Connections.Values.Any(connection => connection.RateLimit is not null))
        {
            // The others use the whole rate until they have heard of this one.
            LogJoining(log, _live.Count);
            await Task.Delay(Beat, time, cancellationToken);
            await TryBeatAsync();
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await WriteAsync(ReplicaTable.Leave(Id));
        }
        catch (StorageUnavailableException)
        {
            // They find out by themselves.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryBeatAsync();
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task TryBeatAsync()
    {
        try
        {
            await BeatAsync();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Without the store nothing is claimed or started: nobody uses a share meanwhile.
            LogMissed(log, exception);
        }
    }

    private async Task BeatAsync()
    {
        var now = time.Now();
        var current = catalog.Current;
        await WriteAsync(ReplicaTable.Beat(Id, now, current.Revision, current.Accounts, catalog.Fault?.Since));
        var (replicas, pauses) = (await reader.ListReplicasAsync(), await reader.ListPausesAsync());
        _live = [.. replicas.Where(replica => now - replica.SeenAt < Alive)];
        runners.Divide(Math.Max(1, _live.Count));
        foreach (var (paused, until) in pauses.Where(pause => pause.Until > now))
            runners.All.FirstOrDefault(connection => AccountOf(connection) == paused)?.PauseFor(until - now);
        if (replicas.Exists(replica => now - replica.SeenAt > Kept)) await WriteAsync(ReplicaTable.PurgeReplicas(now - Kept));
        if (pauses.Exists(pause => now - pause.Until > Kept)) await WriteAsync(ReplicaTable.PurgePauses(now - Kept));
    }

    private async Task TellAsync(ConnectionRunner connection, TimeSpan wait)
    {
        try
        {
            await WriteAsync(ReplicaTable.Pause(AccountOf(connection), time.Now() + wait));
        }
        catch (Exception exception)
        {
            // Then each hears it from the vendor itself.
            LogUntold(log, connection.Config.Name, exception);
        }
    }

    // With another account under the same name there is nothing to wait for.
    private static string AccountOf(ConnectionRunner connection) => $"{connection.Config.Name}@{connection.Config.Identity}";

    private async Task WriteAsync(Statement statement)
    {
        var change = new LedgerChange { Order = [] };
        change.Consequences.Add(statement);
        await writer.WriteAsync(change);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "One of {Count} replicas: waiting until the others have made room in the rate limits")]
    private static partial void LogJoining(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No heartbeat: the store is away")]
    private static partial void LogMissed(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The other replicas could not be told that {Connection} asked to be left alone")]
    private static partial void LogUntold(ILogger log, string connection, Exception exception);
}
