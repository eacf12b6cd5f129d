using System.Data.Common;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Something waiting for the writer, with whoever waits for it.</summary>
internal abstract class WriteItem
{
    public virtual byte[] Order => [];

    /// <summary>The id of the run that readers may see otherwise afterwards; empty for none.</summary>
    public virtual byte[] Touched => Order;

    /// <summary>The run as changed, once the guards held.</summary>
    public virtual RunRow? Applied => null;

    /// <summary>What is to be run in a round of guards; null where there is nothing more. Rounds begin with 0, also when a group is tried again.</summary>
    public abstract Step? Guard(int round);

    /// <summary>What follows, once all rounds are over.</summary>
    public abstract void Follow(List<Statement> rest, List<Statement> events, CountDeltas counts);

    public abstract void Complete();

    public abstract void Refuse(WriteResult result);

    public abstract void Fail(Exception exception);
}

/// <summary>Only some guards of a change held: everything must be undone.</summary>
internal sealed class PartialGuardException() : Exception("Only some guards of a change held.");

internal sealed class ChangeItem(LedgerChange change) : WriteItem
{
    private const string InsertEvent = "INSERT INTO events(tenant, run_id, version, at, type, data) VALUES(@tenant, @run_id, @version, @at, @type, @data)";
    private readonly TaskCompletionSource<WriteResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _held;

    public Task<WriteResult> Task => _done.Task;

    public override byte[] Order => change.Order;

    public override RunRow? Applied => _held ? change.Run : null;

    public override Step? Guard(int round)
    {
        if (round == 0) _held = true;
        return _held && round < change.Guards.Count ? new Step(change.Guards[round], affected => Held(affected > 0, round)) : null;
    }

    public override void Follow(List<Statement> rest, List<Statement> events, CountDeltas counts)
    {
        if (!_held) return;
        rest.AddRange(change.Consequences);
        foreach (var e in change.Events)
            events.Add(new Statement(InsertEvent, e.Tenant, e.RunId.ToBytes(), e.Version, RunColumns.Time(e.At), e.Type, e.Data));
        foreach (var (run, delta) in change.Counts) counts.Add(run, delta);
    }

    public override void Complete() => _done.TrySetResult(_held ? WriteResult.Applied : WriteResult.Refused);

    public override void Refuse(WriteResult result) => _done.TrySetResult(result);

    public override void Fail(Exception exception) => _done.TrySetException(exception);

    private void Held(bool held, int round)
    {
        _held = held;
        if (!held && round > 0) throw new PartialGuardException();
    }
}

internal sealed class QueryItem<T>(Statement statement, Func<DbDataReader, T> read, Func<T, byte[]>? touches) : WriteItem
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override byte[] Touched => touches is not null && _result is { } result ? touches(result) : [];

    public override Step? Guard(int round) => round == 0 ? new Step(statement, Rows: rows => _result = read(rows)) : null;

    public override void Follow(List<Statement> rest, List<Statement> events, CountDeltas counts)
    {
    }

    public override void Complete() => _done.TrySetResult(_result);

    public override void Refuse(WriteResult result) => Fail(new InvalidOperationException("A query has no guards."));

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
