using Microsoft.Extensions.Options;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Takes away runs that ended long ago, with all that is theirs, and keys whose time is up: little by little, so that starts do not wait for it.</summary>
internal sealed partial class Retention(LedgerWriter writer, LedgerReader reader, TimeProvider time, IOptions<RetentionOptions> options, ILogger<Retention> log) : BackgroundService
{
    private const int Batch = 200;

    /// <summary>How much of it a group of writes carries: a start in the same group waits a millisecond or two.</summary>
    private const int AtOnce = 10;

    private const int Keys = 100;
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    /// <summary>Everything that is old by now.</summary>
    /// <returns>How many runs are gone.</returns>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken)
    {
        var before = time.Now() - options.Value.RunsFor;
        var gone = 0;
        while (await reader.ListEndedAsync(before, Batch) is { Count: > 0 } ended)
        {
            await WriteAsync(RetentionTable.Raise(ended.Max(run => run.LastSeq)));
            var sofar = gone;
            foreach (var some in ended.Chunk(AtOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var results = await Task.WhenAll(some.Select(run => writer.WriteAsync(RetentionTable.Purge(run))));
                gone += results.Count(result => result == WriteResult.Applied);
                await Task.Delay(Breath, time, cancellationToken);
            }

            // Another replica is at it.
            if (gone == sofar) break;
        }

        while (await WriteAsync(RetentionTable.DropKeys(time.Now(), Keys)) == WriteResult.Applied) await Task.Delay(Breath, time, cancellationToken);
        var known = time.Now() - options.Value.VendorEventsFor;
        while (await WriteAsync(VendorEventTable.Drop(known, Keys)) == WriteResult.Applied) await Task.Delay(Breath, time, cancellationToken);
        await WriteAsync(RetentionTable.DropOrphans(before));
        var attempts = WebhookTable.DropAttempts(time.Now() - options.Value.DeliveriesFor, before, Keys);
        while (await WriteAsync(attempts) == WriteResult.Applied) await Task.Delay(Breath, time, cancellationToken);
        var audit = AuditTable.Drop(time.Now() - options.Value.AuditFor, Keys);
        while (await WriteAsync(audit) == WriteResult.Applied) await Task.Delay(Breath, time, cancellationToken);
        if (gone > 0) LogPurged(log, gone, before);
        return gone;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            do await TryPurgeAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left is as old after the restart.
        }
    }

    private async Task TryPurgeAsync(CancellationToken stoppingToken)
    {
        try
        {
            await PurgeAsync(stoppingToken);
        }
        catch (StorageUnavailableException)
        {
            // The writer says so, once.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(log, exception);
        }
    }

    private Task<WriteResult> WriteAsync(Statement statement)
    {
        var change = new LedgerChange { Order = [] };
        change.Guards.Add(statement);
        return writer.WriteAsync(change);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} runs that ended before {Before} were purged")]
    private static partial void LogPurged(ILogger log, int count, DateTimeOffset before);

    [LoggerMessage(Level = LogLevel.Error, Message = "Purging old runs failed; it is tried again in a minute")]
    private static partial void LogFailed(ILogger log, Exception exception);
}
