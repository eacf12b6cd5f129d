using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;

namespace WorkflowGateway.Webhooks;

/// <summary>
/// Holds this replica's share of the endpoints, each with a loop of its own. An endpoint is held by a lease on its row; who does not renew it, because it died or
/// cannot reach the store, stops sending before another replica takes over, and could write nothing more: every write names the fence.
/// </summary>
internal sealed partial class WebhookLoops(
    WebhookTools tools, WebhookTargets targets, LiveCatalog catalog, Replicas replicas, Dialect dialect, TimeProvider time, ILogger<WebhookLoops> log) : BackgroundService
{
    // Who holds an endpoint lets go of it before the store does: the store's time of day may gain a tenth on what is measured here.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9), Held = Lease - TimeSpan.FromSeconds(1.5), RenewEvery = TimeSpan.FromSeconds(2), Tick = TimeSpan.FromSeconds(1);

    private readonly Dictionary<WebhookId, WebhookLoop> _mine = [];
    private readonly HashSet<(WebhookId, long)> _unreadable = [];
    private volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _begun;
    private string? _configured;
    private long _renewed;

    /// <summary>Something was changed: look now.</summary>
    public void Wake() => _wake.TrySetResult();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var loop in _mine.Values) loop.Stop();
        await Task.WhenAll(_mine.Values.Select(loop => loop.Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var loop in _mine.Values) loop.Dispose();
        _mine.Clear();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        catalog.Changed += Wake;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wake = _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await ConfigureAsync();
                await LookAsync();
            }
            catch (StorageUnavailableException)
            {
                // The writer says so, once.
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(log, exception);
            }

            await wake.Task.WaitAsync(Tick, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // At the start, and after each change of the configuration.
    private async Task ConfigureAsync()
    {
        var (now, current) = (time.Now(), catalog.Current);
        if (_configured == current.Revision) return;
        var change = new LedgerChange { Order = [] };
        if (dialect.SingleProcess && !_begun) change.Consequences.Add(WebhookTable.ReleaseAll());
        foreach (var config in current.Webhooks.Values.OrderBy(config => config.Name, StringComparer.Ordinal))
        {
            var row = config.ToRow(WebhookId.Next(tools.Ids), now);
            change.Consequences.Add(WebhookTable.Insert(row, null));
            change.Consequences.Add(WebhookTable.Configure(row));
        }

        await tools.Writer.WriteAsync(change);
        (_begun, _configured) = (true, current.Revision);
    }

    private async Task LookAsync()
    {
        var rows = await tools.Reader.ListWebhooksAsync();
        var wanted = rows.Where(row => row.Enabled != 0 && targets.Knows(row)).ToDictionary(row => row.WebhookId);
        await ClearAsync();
        foreach (var (id, loop) in _mine)
        {
            if (!wanted.TryGetValue(id, out var row)) loop.Stop();
            else if (row.Fence != loop.Fence) loop.Abandon();
            else if (row.Revision == loop.Revision) continue;
            else if (TargetOf(row) is { } target) loop.Change(target, row.Revision);
            else loop.Stop();
        }

        if (time.GetElapsedTime(_renewed) >= RenewEvery) await RenewAsync();
        var share = (wanted.Count + Alive - 1) / Alive;
        foreach (var row in wanted.Values.Where(row => row.LeaseUntil <= RunColumns.Time(time.Now())))
        {
            if (Staying.Count() >= share) break;
            if (!_mine.ContainsKey(row.WebhookId) && TargetOf(row) is { } target) await ClaimAsync(row, target);
        }

        // Another replica has come: it takes what is given back.
        if (Staying.Count() > share) Staying.First().Stop();
    }

    private int Alive => Math.Max(1, replicas.Live.Count);

    private IEnumerable<WebhookLoop> Staying => _mine.Values.Where(loop => !loop.IsStopping);

    // Null where a row is not as it should be: that is its own misfortune.
    private WebhookTarget? TargetOf(WebhookRow row)
    {
        try
        {
            return targets.Of(row);
        }
        catch (Exception exception)
        {
            if (_unreadable.Add((row.WebhookId, row.Revision))) LogUnreadable(log, row.WebhookId, exception);
            return null;
        }
    }

    private async Task ClaimAsync(WebhookRow row, WebhookTarget target)
    {
        var (now, ends) = (time.Now(), time.GetTimestamp() + Ticks(Held));
        if (await tools.Writer.QueryAsync(WebhookTable.Claim(row, replicas.Id, now, now + Lease), WebhookTable.ReadClaim) is not { } claim) return;
        _mine[row.WebhookId] = new WebhookLoop(row, claim, target, ends, tools);
    }

    private async Task RenewAsync()
    {
        _renewed = time.GetTimestamp();
        var (until, ends) = (time.Now() + Lease, _renewed + Ticks(Held));
        await Task.WhenAll(_mine.ToList().Select(async mine =>
        {
            var change = new LedgerChange { Order = mine.Key.ToBytes() };
            change.Guards.Add(WebhookTable.Renew(mine.Key.ToBytes(), mine.Value.Fence, until));
            if (await tools.Writer.WriteAsync(change) == WriteResult.Applied) mine.Value.Extend(ends);
            else mine.Value.Abandon();
        }));
    }

    private async Task ClearAsync()
    {
        foreach (var (id, loop) in _mine.Where(mine => mine.Value.Ended.IsCompleted).ToList())
        {
            _mine.Remove(id);
            await loop.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (loop.Ended.Exception is { } unforeseen) LogEnded(log, id, unforeseen);
            loop.Dispose();
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after webhooks failed; it is tried again")]
    private static partial void LogFailed(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Webhook} cannot be read from the store; nothing is delivered to it until it is changed")]
    private static partial void LogUnreadable(ILogger log, WebhookId webhook, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivering to {Webhook} failed; it is taken up again")]
    private static partial void LogEnded(ILogger log, WebhookId webhook, Exception exception);
}
