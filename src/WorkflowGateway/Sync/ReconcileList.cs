using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Sync;

/// <summary>There is no place at the vendor for a look now, or it asked to be left alone.</summary>
internal sealed class NoRoomException() : Exception("There is no room for a look now.");

/// <summary>One look at a vendor's list: its rows, each call within the connection's budget.</summary>
internal sealed class ReconcileList(ConnectionRunner connection, TimeProvider time)
{
    private const int MaxPages = 1000;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly long _began = time.GetTimestamp();

    /// <summary>Whether the look has taken as long as it may: what is left is for the next.</summary>
    public bool TimeIsUp => time.GetElapsedTime(_began) > Budget;

    /// <summary>Why the list could not be read to its end; null where it was.</summary>
    public RunnerError? Failure { get; private set; }

    public bool Complete { get; private set; }

    /// <summary>The rows of the starts' list, as far as it could be read.</summary>
    public async IAsyncEnumerable<IReadOnlyList<RunSnapshot>> PagesAsync(IReadOnlyList<LostStart> starts, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new ListRuns
        {
            Target = starts[0].Group,
            CreatedFrom = starts.Min(start => start.SentAt) - ReconcileDecision.Skew,
            CreatedTo = starts.Max(start => start.SentAt) + ReconcileDecision.Reach,
            Limit = connection.Info.AmbiguousStart == AmbiguousStart.OnlyCandidate ? 1000 : 100,
        };
        for (var page = 0; page < MaxPages && !TimeIsUp; page++)
        {
            var rows = await NextAsync(query, cancellationToken);
            if (rows is null) yield break;
            yield return rows.Runs;
            Complete = rows.Next is null;
            if (Complete) yield break;
            query = query with { Cursor = rows.Next };
        }
    }

    /// <exception cref="RunnerException">The vendor did not answer as it should.</exception>
    /// <exception cref="NoRoomException">There is no place for it now.</exception>
    public async Task<T> CallAsync<T>(Func<IWorkflowRunner, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var permit = await EnterAsync(cancellationToken);
        return await connection.CallAsync(call, cancellationToken);
    }

    private async Task<RunPage?> NextAsync(ListRuns query, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync((runner, token) => runner.ListAsync(query, token), cancellationToken);
        }
        catch (RunnerException exception)
        {
            Failure = exception.Error;
            return null;
        }
    }

    private async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < Patience; await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken))
        {
            if (connection.Away > TimeSpan.Zero) throw new NoRoomException();
            if (connection.TryEnter(read: true) is { } permit) return permit;
        }

        throw new NoRoomException();
    }
}
