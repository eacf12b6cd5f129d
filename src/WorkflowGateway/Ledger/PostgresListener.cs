using Npgsql;

namespace WorkflowGateway.Ledger;

/// <summary>Hears from the database that some replica has committed, and follows its clock. A notice that got lost costs a second, never an event.</summary>
/// <param name="wake">Told of each notice, and of each time that some may have been missed.</param>
internal sealed partial class PostgresListener(PostgresDialect dialect, LedgerReader reader, Action wake, TimeProvider time, ILogger<PostgresListener> log) : BackgroundService
{
    public const string Channel = "wfg";
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
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await OpenAsync(stoppingToken);
                while (true)
                {
                    wake();
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

    private async Task FollowClockAsync(bool atOnce)
    {
        // Absent where a test holds the clock.
        if (time is not SteadyTime steady) return;
        if (!atOnce && time.GetElapsedTime(_clockRead) < ClockEvery) return;
        _clockRead = time.GetTimestamp();
        steady.Follow(await reader.ReadClockAsync(), atOnce);
    }

    // No longer than a tick: the clock is to be followed.
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's notices cannot be heard now: {Reason}")]
    private static partial void LogLost(ILogger log, string reason);
}
