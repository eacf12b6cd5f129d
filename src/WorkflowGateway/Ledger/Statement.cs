using System.Data.Common;
using System.Text.RegularExpressions;

namespace WorkflowGateway.Ledger;

/// <summary>A statement with its values, in the order in which the SQL first names its parameters.</summary>
internal readonly record struct Statement(string Sql, params object?[] Values);

/// <summary>Keeps the prepared commands of one connection: preparing a statement costs more than running it.</summary>
internal sealed partial class PreparedStatements(DbConnection connection, Dialect dialect) : IDisposable
{
    private readonly Dictionary<string, DbCommand> _commands = [];

    public int Execute(Statement statement) => Bind(statement).ExecuteNonQuery();

    public DbDataReader Query(Statement statement) => Bind(statement).ExecuteReader();

    public Task<DbDataReader> QueryAsync(Statement statement) => Bind(statement).ExecuteReaderAsync();

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
    }

    private DbCommand Bind(Statement statement)
    {
        if (!_commands.TryGetValue(statement.Sql, out var command)) _commands[statement.Sql] = command = Prepare(statement.Sql);
        if (command.Parameters.Count != statement.Values.Length)
            throw new ArgumentException($"The statement takes {command.Parameters.Count} values, not {statement.Values.Length}: {statement.Sql}", nameof(statement));
        for (var i = 0; i < statement.Values.Length; i++) command.Parameters[i].Value = statement.Values[i] ?? DBNull.Value;
        return command;
    }

    private DbCommand Prepare(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = dialect.Translate(sql);
        foreach (var name in ParametersOf(sql))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>The names of a statement's parameters, in the order in which it first names them.</summary>
    public static IReadOnlyList<string> ParametersOf(string sql) => [.. ParameterName().Matches(sql).Select(match => match.Value).Distinct()];

    /// <summary>The same statement with numbers for names: @a, @b, @a becomes $1, $2, $1.</summary>
    public static string Number(string sql)
    {
        var names = ParametersOf(sql).ToList();
        return ParameterName().Replace(sql, match => $"${names.IndexOf(match.Value) + 1}");
    }

    [GeneratedRegex("@[a-z_][a-z_0-9]*")]
    private static partial Regex ParameterName();
}
