using Microsoft.Extensions.Options;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>Looks for lost starts at the vendors that can be asked, a loop for each connection. One look settles all that stand in the same list.</summary>
internal sealed partial class Reconciler(
    RunnerRegistry runners, LedgerWriter writer, LedgerReader reader, RunLedger ledger, ReconcileLook look, Ids ids, TimeProvider time,
    IOptions<ReconcileOptions> options, ILogger<Reconciler> log) : BackgroundService
{
    private const int MaxClaim = 256;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private readonly TimeSpan _settle = options.Value.Settle;

    /// <summary>Whether the gateway can find this connection's lost starts by itself: a caller's token is not there to list with.</summary>
    public static bool CanLook(ConnectionRunner connection) =>
        connection is { Runner: IStartTraces, Config.CallerCredential: false, Info.AmbiguousStart: AmbiguousStart.FindByMarker or AmbiguousStart.OnlyCandidate };

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        ConnectionLoops.RunAsync(runners, CanLook, RunAsync, stoppingToken);

    private async Task RunAsync(string name, CancellationToken stoppingToken)
    {
        var (memory, identity) = (new ReconcileMemory(), "");
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (runners.Find(name) is not { } connection || !CanLook(connection)) continue;
                // Of another account's runs it remembers nothing.
                if (identity != connection.Config.Identity) (memory, identity) = (new ReconcileMemory(), connection.Config.Identity);
                await TryAsync(connection, memory, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was claimed is due again after the lease, or at once after a restart of the only process.
        }
    }

    private async Task TryAsync(ConnectionRunner connection, ReconcileMemory memory, CancellationToken stoppingToken)
    {
        try
        {
            var name = connection.Config.Name;
            if (connection.Away > TimeSpan.Zero || await reader.CountLostAsync(name, time.Now(), 1) == 0) return;
            var now = time.Now();
            // A look is cut off after half a minute, but its last call may take as long as it may.
            var lease = now + connection.Config.Timeout + TimeSpan.FromMinutes(1);
            var due = await writer.QueryAsync(LostStart.Claim(name, now, lease, MaxClaim), LostStart.Read);
            foreach (var group in due.GroupBy(start => start.Scope))
                foreach (var starts in Clusters(group)) await LookAsync(connection, memory, starts, stoppingToken);
        }
        catch (StorageUnavailableException)
        {
            // The writer says so, once.
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(log, connection.Config.Name, exception);
        }
    }

    // Starts far apart have windows far apart: one over all would be read for nothing in between.
    private static IEnumerable<List<LostStart>> Clusters(IEnumerable<LostStart> starts)
    {
        var cluster = new List<LostStart>();
        foreach (var start in starts.OrderBy(start => start.SentAt))
        {
            if (cluster.Count > 0 && start.SentAt - cluster[0].SentAt > ReconcileDecision.Reach)
            {
                yield return cluster;
                cluster = [];
            }

            cluster.Add(start);
        }

        if (cluster.Count > 0) yield return cluster;
    }

    private async Task LookAsync(ConnectionRunner connection, ReconcileMemory memory, List<LostStart> starts, CancellationToken stoppingToken)
    {
        var lost = new Dictionary<LostStart, RunRow?>();
        foreach (var start in starts) lost[start] = await reader.FindRunAsync(start.Tenant, start.RunId);
        // Of what was given up only a mark can tell that it turned up.
        var marks = connection.Info.AmbiguousStart == AmbiguousStart.FindByMarker;
        var wanted = lost.Where(pair => pair.Value is { Bound: false } run && run.ConnectionIdentity == connection.Config.Identity && pair.Key.Scope is not null && (marks || !run.Final))
            .Select(pair => new SoughtStart(pair.Key, pair.Value!)).ToList();
        var began = time.GetTimestamp();
        var seen = new LookResult(null, Again: false);
        using var span = wanted.Count > 0 ? Telemetry.Tracing.Later("run reconcile", wanted.Select(one => one.Run)) : null;
        span?.SetTag("gateway.connection", connection.Config.Name).SetTag("gateway.vendor", connection.Info.Vendor);
        if (wanted.Count > 0) seen = await look.LookAsync(connection, memory, wanted, stoppingToken);
        var (now, took) = (time.Now(), time.GetElapsedTime(began));
        await Task.WhenAll(lost.Select(pair => PlanAsync(pair.Key, pair.Value, connection, seen, now, took)));
    }

    // Refused where the run was bound or settled meanwhile: that planned what is next.
    private Task<WriteResult> PlanAsync(LostStart start, RunRow? run, ConnectionRunner connection, LookResult seen, DateTimeOffset now, TimeSpan took)
    {
        var next = seen.Again ? now + (took * 4 > LookAgain ? took * 4 : LookAgain) : ReconcilePolicy.Next(start, run is { Final: false }, now, took, _settle, ids.NextFraction());
        var error = run is { Final: false } && run.ConnectionIdentity != connection.Config.Identity ? WorkTable.ConnectionChanged
            : run is not null && Storable.Text(seen.Error, 500) is { } said ? ledger.SealError(run, said) : null;
        var change = new LedgerChange { Order = start.RunId.ToBytes() };
        change.Guards.Add(start.Again(next, error));
        return writer.WriteAsync(change);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for lost starts of {Connection} failed; it is tried again")]
    private static partial void LogFailed(ILogger log, string connection, Exception exception);
}
