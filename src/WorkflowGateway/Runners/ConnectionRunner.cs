using Polly.CircuitBreaker;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;
using WorkflowGateway.Telemetry;

namespace WorkflowGateway.Runners;

/// <summary>
/// A connection at work: its runner, its limits, its circuit and how it fares. Nothing of it is shared with another connection; what came before it under
/// its name, with an earlier configuration, is.
/// </summary>
internal sealed class ConnectionRunner : IDisposable
{
    /// <summary>For how long nobody has used a runner that another took the place of, when it ends: whoever found it before has long begun.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly VendorMetrics? _metrics;
    private int _users;
    private long _left;
    private bool _ended;

    /// <param name="config">The connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="before">The runner of its earlier configuration; null where it is new.</param>
    /// <param name="metrics">What is measured of its calls; null for nothing.</param>
    public ConnectionRunner(ConnectionConfig config, TimeProvider time, ConnectionRunner? before = null, VendorMetrics? metrics = null)
    {
        (_time, _metrics) = (time, metrics);
        _left = time.GetTimestamp();
        Config = config;
        Runner = config.Adapter.Connect(config.Vendor, time);
        Limits = before?.Limits ?? new ConnectionLimits(config, time);
        // Of another account or host it says nothing.
        var same = before?.Config.Identity == config.Identity;
        Health = same ? before!.Health : new ConnectionHealth(time);
        Circuit = same ? before!.Circuit : new VendorCircuit(config.Timeout, time, closed: () => Limits.Rate?.Ramp(TimeSpan.Zero));
        Observed = new ObservedRunner(Runner, config, metrics, time);
    }

    /// <summary>Raised when the vendor asked to be left alone for longer than was known.</summary>
    public event Action<ConnectionRunner, TimeSpan>? Paused;

    public ConnectionConfig Config { get; }
    public RunnerInfo Info => Config.Adapter.Info;
    public IWorkflowRunner Runner { get; }

    /// <summary>The same, measured and traced: what calls go through.</summary>
    public ObservedRunner Observed { get; }

    public ConnectionLimits Limits { get; }
    public ConnectionHealth Health { get; }
    public VendorCircuit Circuit { get; }

    /// <summary>For how long certainly nothing is sent: the vendor asked for that, or cannot be reached.</summary>
    public TimeSpan Away => Circuit.Wait > Health.Pause ? Circuit.Wait : Health.Pause;

    /// <summary>Until when the vendor is left alone because it asked for that; null where it is not.</summary>
    public DateTimeOffset? PausedUntil => Health.Pause is { Ticks: > 0 } pause ? _time.GetUtcNow() + pause : null;

    /// <summary>Its configuration is the one in force now.</summary>
    public void TakeOver(int replicas)
    {
        Limits.Change(Config);
        Limits.Divide(replicas);
        Circuit.Change(Config.Timeout);
    }

    /// <summary>A place for a start or a command.</summary>
    /// <exception cref="RefusedException">There is none now; nothing is to be stored.</exception>
    public async ValueTask<ConnectionLimits.Permit> EnterAsync(CancellationToken cancellationToken)
    {
        var (began, outcome) = (_time.GetTimestamp(), "admitted");
        try
        {
            return await AdmitAsync(cancellationToken);
        }
        catch (RefusedException refused)
        {
            outcome = refused.Code;
            throw;
        }
        catch (OperationCanceledException)
        {
            outcome = "cut-off";
            throw;
        }
        finally
        {
            _metrics?.Waited(Config.Name, outcome, _time.GetElapsedTime(began));
        }
    }

    private async ValueTask<ConnectionLimits.Permit> AdmitAsync(CancellationToken cancellationToken)
    {
        RefuseWhilePaused();
        if (!Circuit.TryAdmit(out var probe)) throw Unreachable();
        try
        {
            var permit = await Limits.EnterAsync(Patience, cancellationToken)
                ?? throw new RefusedException("rate-limited", $"The connection {Config.Name} is at its limit.") { RetryAfter = TimeSpan.FromSeconds(1) };
            try
            {
                // It may have asked for that while this one waited.
                RefuseWhilePaused();
            }
            catch
            {
                permit.Dispose();
                throw;
            }

            return Hand(permit, ref probe);
        }
        finally
        {
            if (probe) Circuit.GiveBackProbe();
        }
    }

    private void RefuseWhilePaused()
    {
        if (Health.Pause is { Ticks: > 0 } pause)
            throw new RefusedException("rate-limited", $"{Info.DisplayName} asked to be called again in {Math.Ceiling(pause.TotalSeconds)} s.") { RetryAfter = pause };
    }

    /// <summary>A place for a start that waits, or for a read in the background; null when there is none now.</summary>
    public ConnectionLimits.Permit? TryEnter(bool read)
    {
        if (Health.Pause > TimeSpan.Zero || !Circuit.TryAdmit(out var probe)) return null;
        var permit = read ? Limits.TryEnterPoll() : Limits.TryEnter();
        if (permit is not null) return Hand(permit, ref probe);
        if (probe) Circuit.GiveBackProbe();
        return null;
    }

    /// <summary>Calls the vendor. Every failure comes out as a <see cref="RunnerException"/>: one of another kind is a fault of ours, and may have come after the request was sent.</summary>
    public async Task<T> CallAsync<T>(Func<IWorkflowRunner, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (!TryUse()) throw new RunnerException(RunnerErrorKind.Unavailable, $"The connection {Config.Name} was changed meanwhile; nothing was sent.");
        try
        {
            var result = await Circuit.CallAsync(async () => await call(Observed, cancellationToken));
            Health.Succeeded();
            return result;
        }
        catch (BrokenCircuitException broken)
        {
            // It broke after the place was given: certainly nothing was sent.
            throw new RunnerException(new RunnerError { Kind = RunnerErrorKind.Unavailable, Message = Unreachable().Message, RetryAfter = RetryAfter }, broken);
        }
        catch (RunnerException exception)
        {
            Health.Failed(exception.Error, Config.CallerCredential);
            if (exception.Error is { Kind: RunnerErrorKind.RateLimited } or { VendorStatus: 429 }) TakePause(exception.Error.RetryAfter);
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
        finally
        {
            Leave();
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

    /// <summary>Leaves the vendor alone for so long, or for longer if that was asked before. What comes after it comes evenly.</summary>
    /// <returns>Whether that is news.</returns>
    public bool PauseFor(TimeSpan wait)
    {
        if (!Health.PauseFor(wait)) return false;
        Limits.Rate?.Ramp(wait);
        return true;
    }

    /// <summary>Another has taken its place: it ends once nobody has used it for a while. What it shares with the other goes on.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool TryEnd()
    {
        lock (_lock)
        {
            if (_ended) return true;
            if (_users > 0 || _time.GetElapsedTime(_left) < Rest) return false;
            _ended = true;
        }

        (Runner as IDisposable)?.Dispose();
        return true;
    }

    public void Leave()
    {
        lock (_lock)
        {
            _users--;
            _left = _time.GetTimestamp();
        }
    }

    public void Dispose()
    {
        Limits.Dispose();
        (Runner as IDisposable)?.Dispose();
    }

    private bool TryUse()
    {
        lock (_lock)
        {
            if (_ended) return false;
            _users++;
            return true;
        }
    }

    private void TakePause(TimeSpan? asked)
    {
        var wait = asked ?? TimeSpan.FromSeconds(1);
        if (PauseFor(wait)) Paused?.Invoke(this, wait);
    }

    private TimeSpan RetryAfter => Circuit.Wait > TimeSpan.FromSeconds(1) ? Circuit.Wait : TimeSpan.FromSeconds(1);

    private RefusedException Unreachable() =>
        new("vendor-unavailable", $"{Info.DisplayName} could not be reached lately (vendor-unreachable); nothing is sent until it can be.") { RetryAfter = RetryAfter };

    private ConnectionLimits.Permit Hand(ConnectionLimits.Permit permit, ref bool probe)
    {
        if (TryUse()) permit.Runner = this;
        if (probe) permit.Probe = Circuit;
        probe = false;
        return permit;
    }
}
