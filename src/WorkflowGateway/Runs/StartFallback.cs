using WorkflowGateway.Runners;
using WorkflowGateway.Telemetry;

namespace WorkflowGateway.Runs;

/// <summary>Sends a start another way: only where certainly nothing was done the first way. Once a run is bound it stays where it is for life.</summary>
internal sealed partial class StartFallback(RunLedger ledger, RunnerRegistry runners, DetachedWork detached, Ids ids, TimeProvider time, ILogger<StartFallback> log, RunMetrics? metrics = null)
{
    /// <summary>A place for a start, at the first of its routes that has one, or has one soon: a stand-in that is busy is waited for like any other.</summary>
    /// <exception cref="RefusedException">None has; why not is said of the first.</exception>
    public async ValueTask<(RoutedStart Start, ConnectionLimits.Permit Permit)> EnterAsync(RoutedStart start, CancellationToken cancellationToken)
    {
        try
        {
            return (start, await start.Connection.EnterAsync(cancellationToken));
        }
        catch (RefusedException refused)
        {
            for (var i = 0; i < start.Fallbacks.Count; i++)
            {
                if (Find(start.Run, start.Fallbacks[i]) is not { } connection || await TryEnterAsync(connection, cancellationToken) is not { } permit) continue;
                LogMoved(log, start.Run.Id, start.Run.Connection, connection.Config.Name, refused.Message);
                metrics?.FellBack(start.Run.Connection, connection.Config.Name);
                return (start.Over(i, connection), permit);
            }

            throw;
        }
    }

    /// <summary>Hands a start on: in one commit it is a new attempt over the next route, and waits to be sent there by whoever takes it.</summary>
    /// <param name="run">The run at the attempt of which certainly nothing was done.</param>
    /// <param name="error">Why not.</param>
    /// <param name="left">Which routes are left.</param>
    /// <returns>The run as it waits; null where there is no route left, or the run has changed meanwhile.</returns>
    public async Task<RunRow?> TryMoveAsync(RunRow run, RunnerError error, IReadOnlyList<FallbackStart> left)
    {
        for (var i = 0; i < left.Count && !run.StopRequested; i++)
        {
            var next = left[i];
            // Whoever waits for an answer is not sent to where nobody can be called for long.
            if (Find(run, next) is not { } connection || connection.Away > StartDispatcher.LongestWait) continue;
            if (StartDecision.Again(run, run.Attempt, ids.NextRandom(), error, time.Now()) is not { } again) return null;
            var moved = next.Take(again) with { Reason = "falling-back" };
            var kept = new KeptStart(next.Target, next.Input, [.. left.Skip(i + 1)]);
            var trace = (connection.Runner as IStartTraces)?.TraceOf(next.Target);
            if (await detached.UntilStoredAsync(() => ledger.MoveAsync(run, moved, kept, connection.Config.CallerCredential, trace)) != Ledger.WriteResult.Applied) return null;
            LogMoved(log, run.Id, run.Connection, moved.Connection, error.Message);
            return moved;
        }

        return null;
    }

    private static async ValueTask<ConnectionLimits.Permit?> TryEnterAsync(ConnectionRunner connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.EnterAsync(cancellationToken);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    // It was planned at the snapshot of the start: what has changed since then is not gone to.
    private ConnectionRunner? Find(RunRow run, FallbackStart next)
    {
        var current = runners.Current;
        var route = current.Catalog.Workflows.GetValueOrDefault(run.Workflow)?.Routes.FirstOrDefault(route => route.Name == next.Route);
        return route is { Enabled: true } && route.Connection == next.Connection && current.Find(next.Connection) is { Config.Enabled: true } connection &&
            connection.Config.Identity == next.Identity && connection.Config.Serves(next.Tenant) ? connection : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{RunId} goes to {To} instead of {From}, where certainly nothing was started: {Reason}")]
    private static partial void LogMoved(ILogger log, RunId runId, string from, string to, string reason);
}
