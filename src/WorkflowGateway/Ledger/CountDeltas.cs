using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>How a group changes the counts, summed: counting ten million rows takes seconds, adding one takes none.</summary>
internal sealed class CountDeltas
{
    private const string Upsert =
        "INSERT INTO run_counts(tenant, workflow, vendor, connection, status, n) VALUES(@tenant, @workflow, @vendor, @connection, @status, @n) " +
        "ON CONFLICT(tenant, workflow, vendor, connection, status) DO UPDATE SET n = run_counts.n + excluded.n";

    private readonly SortedDictionary<(string Tenant, string Workflow, string Vendor, string Connection, string Status), long> _deltas = new();

    public void Add(RunRow run, int delta)
    {
        var key = (run.Tenant, run.Workflow, run.Vendor, run.Connection, RunViewWords.Of(run.Status));
        _deltas[key] = _deltas.GetValueOrDefault(key) + delta;
    }

    public IEnumerable<Statement> Statements() => _deltas.Where(delta => delta.Value != 0).Select(delta =>
        new Statement(Upsert, delta.Key.Tenant, delta.Key.Workflow, delta.Key.Vendor, delta.Key.Connection, delta.Key.Status, delta.Value));
}
