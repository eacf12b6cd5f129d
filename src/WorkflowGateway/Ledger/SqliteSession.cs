using System.Data.Common;

namespace WorkflowGateway.Ledger;

/// <summary>SQLite is in the process: one statement after the other costs nothing more.</summary>
internal sealed class SqliteSession(DbConnection connection, Dialect dialect) : LedgerSession
{
    private static readonly Statement BeginNow = new("BEGIN IMMEDIATE"), CommitNow = new("COMMIT"), RollBackNow = new("ROLLBACK");
    private readonly PreparedStatements _statements = new(connection, dialect);

    public override bool IsBroken => false;

    public override void Begin() => _statements.Execute(BeginNow);

    public override void Execute(IReadOnlyList<Step> steps)
    {
        foreach (var (statement, affected, rows) in steps)
        {
            if (rows is null)
            {
                var count = _statements.Execute(statement);
                affected?.Invoke(count);
                continue;
            }

            using var reader = _statements.Query(statement);
            rows(reader);
        }
    }

    public override void Commit(IReadOnlyList<Statement> rest, IReadOnlyList<Statement> published)
    {
        foreach (var statement in rest) _statements.Execute(statement);
        foreach (var statement in published) _statements.Execute(statement);
        _statements.Execute(CommitNow);
    }

    public override void RollBack()
    {
        try
        {
            _statements.Execute(RollBackNow);
        }
        catch (DbException)
        {
            // The store rolled back on its own (disk full, I/O error): there is nothing left to undo.
        }
    }

    // What was not committed is rolled back: SQLite says so itself.
    public override bool? WasCommitted(Exception failure) => false;

    public override void Dispose()
    {
        _statements.Dispose();
        connection.Dispose();
    }
}
