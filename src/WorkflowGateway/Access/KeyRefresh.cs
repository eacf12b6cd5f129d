using WorkflowGateway.Ledger;

namespace WorkflowGateway.Access;

/// <summary>Asks the ledger every two seconds which keys are in force, so that a key that was revoked anywhere opens nothing within five.</summary>
internal sealed partial class KeyRefresh(KeyRing keys, LedgerReader reader, TimeProvider time, ILogger<KeyRefresh> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private (long, long) _counted = (-1, -1);
    private bool _failing;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anybody is listened to.
        await TryRefreshAsync();
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    /// <exception cref="StorageUnavailableException">The keys are as they were known last.</exception>
    public async Task RefreshAsync()
    {
        await _turn.WaitAsync();
        try
        {
            // Counted first: what changes after that is seen the next time.
            var counted = await reader.CountApiKeysAsync();
            keys.Take(counted == _counted ? null : await reader.ListApiKeysInForceAsync(), counted.All);
            _counted = counted;
        }
        finally
        {
            _turn.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryRefreshAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>What cannot be known now is known within seconds of when it can.</summary>
    public async Task TryRefreshAsync()
    {
        try
        {
            await RefreshAsync();
            if (_failing) LogBack(log);
            _failing = false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (!_failing) LogFailing(log, KeyRing.Trusted.TotalMinutes, exception);
            _failing = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger does not say which API keys are in force: those known last are taken for {Minutes} minutes")]
    private static partial void LogFailing(ILogger log, double minutes, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The ledger says again which API keys are in force")]
    private static partial void LogBack(ILogger log);
}
