using Npgsql;
using NpgsqlTypes;

namespace WorkflowGateway.Ledger;

/// <summary>A group on PostgreSQL: a round trip for each round of guards, and one for everything else with the commit.</summary>
internal sealed class PostgresSession : LedgerSession
{
    /// <summary>Any number, as long as all replicas take the same.</summary>
    private static readonly Statement TakeTurn = new("SELECT pg_advisory_xact_lock(7305)");
    private static readonly Statement WakeReaders = new($"SELECT pg_notify('{PostgresListener.Channel}', '')");
    private static readonly Statement BeginNow = new("BEGIN"), CommitNow = new("COMMIT");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly PostgresDialect _dialect;
    private readonly NpgsqlConnection _connection;
    private readonly long _writer;
    private readonly Dictionary<string, (string Sql, NpgsqlDbType[] Types)> _texts = [];
    private List<Step> _before = [];
    private long _transaction;
    private bool _committing;

    public PostgresSession(PostgresDialect dialect)
    {
        _dialect = dialect;
        _connection = dialect.OpenWriter();
        try
        {
            // Sessions that are long over are of no use to anybody.
            using var open = new NpgsqlCommand(
                "DELETE FROM writers WHERE used_at < now() - interval '30 days'; INSERT INTO writers(transactions) VALUES(0) RETURNING id", _connection);
            _writer = (long)open.ExecuteScalar()!;
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public override bool IsBroken => _connection.FullState != System.Data.ConnectionState.Open;

    public override void Begin()
    {
        (_transaction, _committing) = (_transaction + 1, false);
        _before = [new(BeginNow), new(new Statement("UPDATE writers SET transactions=@transaction, used_at=now() WHERE id=@id", _transaction, _writer))];
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
            foreach (var rows in steps.Where(GivesRows).Select(step => step.Rows))
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

    public override bool? WasCommitted(Exception failure)
    {
        // An error that the server told is a rollback; silence is not.
        if (!_committing || (failure is PostgresException && !IsBroken)) return false;
        _connection.Close();
        var since = _dialect.Time.GetTimestamp();
        while (_dialect.Time.GetElapsedTime(since) < Patience)
        {
            try
            {
                using var connection = _dialect.OpenWriter();
                // Locked: the cut connection's transaction may still be coming to its end, and is waited for.
                using var command = new NpgsqlCommand("SELECT transactions FROM writers WHERE id=$1 FOR UPDATE", connection) { Parameters = { new() { Value = _writer } } };
                return command.ExecuteScalar() is long last ? last == _transaction : null;
            }
            catch (Exception exception) when (_dialect.IsUnavailable(exception))
            {
                // It is coming back, or not.
            }

            Task.Delay(TimeSpan.FromMilliseconds(100), _dialect.Time).Wait();
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
        if (names.Count == 0) return (_dialect.Translate(sql), []);
        using var command = new NpgsqlCommand(_dialect.Translate(sql), _connection);
        NpgsqlCommandBuilder.DeriveParameters(command);
        return (PreparedStatements.Number(_dialect.Translate(sql)), [.. names.Select(name => command.Parameters[name].NpgsqlDbType)]);
    }
}
