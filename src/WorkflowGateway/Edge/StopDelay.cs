using Microsoft.Extensions.Options;

namespace WorkflowGateway.Edge;

/// <summary>Keeps the listeners open for a while after the signal to stop: who balances the load learns from readiness that it is to go elsewhere, and until then nobody is turned away.</summary>
internal sealed class StopDelay(IOptions<EdgeOptions> options, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _over = new();

    /// <summary>Cancelled when the listeners are about to close. Whoever waits, waits until then: ended earlier, it would be sent here again, and again, at once.</summary>
    public CancellationToken Over => _over.Token;

    // Before anything is stopped.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.StopDelaySpan is var delay && delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A host that was stopped and is disposed is stopped again.
        if (!_over.IsCancellationRequested) await _over.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _over.Dispose();
}
