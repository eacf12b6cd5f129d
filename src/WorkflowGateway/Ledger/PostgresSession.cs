using Npgsql;
using NpgsqlTypes;

namespace WorkflowGateway.Ledger;

/// <summary>A group on PostgreSQL: a round trip for each round of guards, and one for everything else with the commit.</summary>
internal sealed class PostgresSession(PostgresDialect dialect) : LedgerSession
{
    /// <summary>Any number, as long as all replicas take the same.</summary>
    private static readonly Statement TakeTurn = new("SELECT pg_advisory_xact_lock(7305)");
    private static readonly Statement WakeReaders = new($"SELECT pg_notify('{PostgresTail.Channel}', '')");
    private static readonly Statement BeginNow = new("BEGIN"), CommitNow = new("COMMIT"), WhoAmI = new("SELECT pg_current_xact_id()::text");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly NpgsqlConnection _connection = dialect.OpenWriter();
    private readonly Dictionary<string, (string Sql, NpgsqlDbType[] Types)> _texts = [];
    private List<Step> _before = [];
    private string? _transaction;
    private bool _committing;

    public override bool IsBroken => _connection.FullState != System.Data.ConnectionState.Open;

    public override void Begin()
    {
        (_transaction, _committing) = (null, false);
        _before = [new(BeginNow), new(WhoAmI, Rows: rows => _transaction = rows.Read() ? rows.GetString(0) : null)];
    }

    public override void Execute(IReadOnlyList<Step> steps)
    {
        if (_before.Count > 0) steps = [.. _before, .. steps];
        _before = [];
        using var batch = new NpgsqlBatch(_connection);
        foreach (var step in steps) batch.BatchCommands.Add(CommandOf(step.Statement));
        using (var reader = batch.ExecuteReader())
        {
            var first = true;
            // The reader stops only at statements that give rows.
            foreach (var rows in steps.Select((step, i) => (step, i)).Where(one => GivesRows(one.step)).Select(one => one.step.Rows))
            {
                if (!first) reader.NextResult();
                first = false;
                rows?.Invoke(reader);
            }

            while (reader.NextResult())
            {
                // An error of a later statement comes up here.
            }
        }

        for (var i = 0; i < steps.Count; i++) steps[i].Affected?.Invoke((int)batch.BatchCommands[i].RecordsAffected);
    }

    public override void Commit(IReadOnlyList<Statement> rest, IReadOnlyList<Statement> published)
    {
        IEnumerable<Statement> all = published.Count == 0 ? rest : [.. rest, TakeTurn, .. published, WakeReaders];
        // The transaction must know its own name before it can be in doubt.
        if (_before.Count > 0) Execute([]);
        _committing = true;
        Execute([.. all.Append(CommitNow).Select(statement => new Step(statement))]);
    }

    public override void RollBack()
    {
        _before = [];
        if (IsBroken) return;
        using var command = new NpgsqlCommand("ROLLBACK", _connection);
        command.ExecuteNonQuery();
    }

    public override bool? WasCommitted()
    {
        if (!_committing || !IsBroken || _transaction is null) return false;
        var since = dialect.Time.GetTimestamp();
        while (dialect.Time.GetElapsedTime(since) < Patience)
        {
            try
            {
                using var connection = dialect.OpenWriter();
                using var command = new NpgsqlCommand("SELECT pg_xact_status($1::text::xid8)", connection) { Parameters = { new() { Value = _transaction } } };
                if (command.ExecuteScalar() is string status and not "in progress") return status == "committed";
            }
            catch (Exception exception) when (dialect.IsUnavailable(exception))
            {
                // It is coming back, or not.
            }

            Task.Delay(TimeSpan.FromMilliseconds(100), dialect.Time).Wait();
        }

        return null;
    }

    public override void Dispose() => _connection.Dispose();

    private static bool GivesRows(Step step) => step.Rows is not null || step.Statement.Sql.StartsWith("SELECT", StringComparison.Ordinal);

    private NpgsqlBatchCommand CommandOf(Statement statement)
    {
        if (!_texts.TryGetValue(statement.Sql, out var text)) _texts[statement.Sql] = text = Describe(statement.Sql);
        if (text.Types.Length != statement.Values.Length)
            throw new ArgumentException($"The statement takes {text.Types.Length} values, not {statement.Values.Length}: {statement.Sql}", nameof(statement));
        var command = new NpgsqlBatchCommand(text.Sql);
        for (var i = 0; i < text.Types.Length; i++)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = text.Types[i], Value = statement.Values[i] ?? DBNull.Value });
        return command;
    }

    // The store says which types it expects: a null has none of its own, and a statement prepared with another type would not be used again.
    private (string Sql, NpgsqlDbType[] Types) Describe(string sql)
    {
        var names = PreparedStatements.ParametersOf(sql);
        if (names.Count == 0) return (dialect.Translate(sql), []);
        using var command = new NpgsqlCommand(dialect.Translate(sql), _connection);
        NpgsqlCommandBuilder.DeriveParameters(command);
        return (PreparedStatements.Number(dialect.Translate(sql)), [.. names.Select(name => command.Parameters[name].NpgsqlDbType)]);
    }
}
