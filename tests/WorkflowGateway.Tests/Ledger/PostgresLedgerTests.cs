using WorkflowGateway.Ledger;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Ledger;

public sealed class PostgresLedgerTests : LedgerAcceptance
{
    private readonly string _database = PostgresServer.Shared.CreateDatabase();

    private protected override Dialect Open() => new PostgresDialect(_database, TimeProvider.System);
}
