using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Runners;

/// <summary>A connection at work: its runner, its limits and how it fares.</summary>
internal sealed class ConnectionRunner(ConnectionConfig config, TimeProvider time) : IDisposable
{
    public ConnectionConfig Config { get; } = config;
    public RunnerInfo Info => Config.Adapter.Info;
    public IWorkflowRunner Runner { get; } = config.Adapter.Connect(config.Vendor, time);
    public ConnectionLimits Limits { get; } = new(config);
    public ConnectionHealth Health { get; } = new(time);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A place for a start or a command.</summary>
    /// <exception cref="RefusedException">There is none now.</exception>
    public async ValueTask<ConnectionLimits.Permit> EnterAsync(CancellationToken cancellationToken)
    {
        if (Health.Pause is { Ticks: > 0 } pause)
            throw new RefusedException("rate-limited", $"{Info.DisplayName} asked to be called again in {Math.Ceiling(pause.TotalSeconds)} s.") { RetryAfter = pause };
        return await Limits.EnterAsync(Patience, cancellationToken)
            ?? throw new RefusedException("rate-limited", $"The connection {Config.Name} is at its limit.") { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>Calls the vendor. Every failure comes out as a <see cref="RunnerException"/>: one of another kind is a fault of ours, and may have come after the request was sent.</summary>
    public async Task<T> CallAsync<T>(Func<IWorkflowRunner, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            var result = await call(Runner, cancellationToken);
            Health.Succeeded();
            return result;
        }
        catch (RunnerException exception)
        {
            Health.Failed(exception.Error);
            throw;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new RunnerException(new RunnerError
            {
                Kind = RunnerErrorKind.Unconfirmed,
                Message = $"The {Info.Vendor} adapter failed: {exception.GetType().Name}.",
            }, exception);
        }
    }

    /// <summary>Changes something at the vendor, and gives what went wrong as a value: a call that was cut off may have happened.</summary>
    public async Task<(T? Result, RunnerError? Error)> TryCallAsync<T>(Func<IWorkflowRunner, CancellationToken, Task<T>> call, CancellationToken cutOff)
        where T : class
    {
        try
        {
            return (await CallAsync(call, cutOff), null);
        }
        catch (RunnerException exception)
        {
            return (null, exception.Error);
        }
        catch (OperationCanceledException)
        {
            return (null, new RunnerError { Kind = RunnerErrorKind.Unconfirmed, Message = "The gateway stopped before the vendor answered." });
        }
    }

    public void Dispose()
    {
        Limits.Dispose();
        (Runner as IDisposable)?.Dispose();
    }
}
