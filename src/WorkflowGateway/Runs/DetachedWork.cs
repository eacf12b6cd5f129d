using WorkflowGateway.Ledger;

namespace WorkflowGateway.Runs;

/// <summary>Work that goes on whether or not its caller waits: what was begun at a vendor is seen through. At the stop of the process it is given time to end.</summary>
internal sealed partial class DetachedWork(TimeProvider time, ILogger<DetachedWork> log) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _cutOff = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1;

    /// <summary>Cancelled when the time to end is up. What is cut off at a vendor becomes unknown.</summary>
    public CancellationToken CutOff => _cutOff.Token;

    public Task Run(Func<Task> work) => Run<object?>(async () =>
    {
        await work();
        return null;
    });

    /// <summary>Runs on the caller's thread up to the first wait. What it gives is null where the work failed.</summary>
    public async Task<T?> Run<T>(Func<Task<T>> work)
    {
        Interlocked.Increment(ref _running);
        try
        {
            return await work();
        }
        catch (Exception exception)
        {
            // Nobody else would ever see it.
            LogFailed(log, exception);
            return default;
        }
        finally
        {
            Done();
        }
    }

    /// <summary>Writes what a vendor did until it is written: what is known must not be lost because the disk is full right now.</summary>
    public async Task<T> UntilStoredAsync<T>(Func<Task<T>> use)
    {
        for (var wait = TimeSpan.FromMilliseconds(100); ; wait = TimeSpan.FromSeconds(Math.Min(5, wait.TotalSeconds * 2)))
        {
            try
            {
                return await use();
            }
            catch (StorageUnavailableException) when (!CutOff.IsCancellationRequested)
            {
                // Cut off, it is tried once more and then given up.
                await Task.Delay(wait, time, CutOff).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Done();
        await using var late = cancellationToken.Register(CutOffRest);
        await _idle.Task;
    }

    private void CutOffRest()
    {
        LogCutOff(log, Volatile.Read(ref _running));
        _cutOff.Cancel();
    }

    public void Dispose() => _cutOff.Dispose();

    private void Done()
    {
        if (Interlocked.Decrement(ref _running) == 0) _idle.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The time to end is up: {Count} calls are cut off, and what they were to start or change becomes unknown")]
    private static partial void LogCutOff(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Detached work failed")]
    private static partial void LogFailed(ILogger log, Exception exception);
}
