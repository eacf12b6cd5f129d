using System.Data.Common;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Something waiting for the writer, with whoever waits for it.</summary>
internal abstract class WriteItem
{
    public virtual byte[] Order => [];

    /// <summary>The run as changed, once the guards held.</summary>
    public virtual RunRow? Applied => null;

    public abstract void Guard(PreparedStatements statements);

    public abstract void Follow(PreparedStatements statements, CountDeltas counts);

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

    public override void Guard(PreparedStatements statements)
    {
        _held = true;
        for (var i = 0; i < change.Guards.Count && _held; i++)
        {
            _held = statements.Execute(change.Guards[i]) > 0;
            if (!_held && i > 0) throw new PartialGuardException();
        }
    }

    public override void Follow(PreparedStatements statements, CountDeltas counts)
    {
        if (!_held) return;
        foreach (var statement in change.Consequences) statements.Execute(statement);
        foreach (var e in change.Events)
            statements.Execute(new Statement(InsertEvent, e.Tenant, e.RunId.ToBytes(), e.Version, RunColumns.Time(e.At), e.Type, e.Data));
        foreach (var (run, delta) in change.Counts) counts.Add(run, delta);
    }

    public override void Complete() => _done.TrySetResult(_held ? WriteResult.Applied : WriteResult.Refused);

    public override void Refuse(WriteResult result) => _done.TrySetResult(result);

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}

internal sealed class QueryItem<T>(Statement statement, Func<DbDataReader, T> read) : WriteItem
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override void Guard(PreparedStatements statements)
    {
        using var reader = statements.Query(statement);
        _result = read(reader);
    }

    public override void Follow(PreparedStatements statements, CountDeltas counts)
    {
    }

    public override void Complete() => _done.TrySetResult(_result);

    public override void Refuse(WriteResult result) => Fail(new InvalidOperationException("A query has no guards."));

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
