using Npgsql;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>
/// Tells this replica of what the others committed: follows the events, woken by NOTIFY, and the database's clock. A lost wake-up costs a second, never an event.
/// </summary>
internal sealed partial class PostgresTail(PostgresDialect dialect, LedgerReader reader, RunWatch watch, TimeProvider time, ILogger<PostgresTail> log) : BackgroundService
{
    public const string Channel = "wfg";
    private const int Page = 500;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClockEvery = TimeSpan.FromSeconds(5);
    private long _clockRead;

    /// <summary>Before the server listens: the first due time is already one that all replicas agree on.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await FollowClockAsync(atOnce: true);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var after = -1L;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await OpenAsync(stoppingToken);
                if (after < 0) after = await reader.FindLastEventAsync();
                while (true)
                {
                    after = await FollowAsync(after);
                    await FollowClockAsync(atOnce: false);
                    await WaitAsync(connection, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogLost(log, exception.Message);
                await Task.Delay(Tick, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)await dialect.OpenReaderAsync();
        try
        {
            await using var listen = new NpgsqlCommand($"LISTEN {Channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<long> FollowAsync(long after)
    {
        IReadOnlyList<EventRow> events;
        do
        {
            events = await reader.ListEventsAsync(null, null, after, Page);
            if (events.Count > 0) after = events[^1].Seq;
            await watch.WakeAsync([.. events.Select(e => e.RunId).Distinct()]);
        }
        while (events.Count == Page);
        return after;
    }

    private async Task FollowClockAsync(bool atOnce)
    {
        // Absent where a test holds the clock.
        if (time is not SteadyTime steady) return;
        if (!atOnce && time.GetElapsedTime(_clockRead) < ClockEvery) return;
        _clockRead = time.GetTimestamp();
        steady.Follow(await reader.ReadClockAsync(), atOnce);
    }

    // No longer than a tick: a wake-up that got lost on the way must not be waited for.
    private static async Task WaitAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        using var tick = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        tick.CancelAfter(Tick);
        try
        {
            await connection.WaitAsync(tick.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger's events cannot be followed now: {Reason}")]
    private static partial void LogLost(ILogger log, string reason);
}
