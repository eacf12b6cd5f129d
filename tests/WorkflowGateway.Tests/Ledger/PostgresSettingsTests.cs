using Dapper;
using Npgsql;
using WorkflowGateway.Ledger;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Ledger;

/// <summary>What a connection really has, asked of the connection itself: a setting that is only written down helps nobody.</summary>
public sealed class PostgresSettingsTests
{
    private readonly string _database = PostgresServer.Shared.CreateDatabase();

    [Fact]
    public async Task What_nobody_wrote_is_such_that_a_store_that_is_gone_is_noticed_while_callers_wait()
    {
        using var dialect = new PostgresDialect(_database, TimeProvider.System);
        foreach (var open in Connections(dialect))
        {
            await using var connection = await open();

            (connection.ConnectionTimeout, connection.CommandTimeout).Should().Be((3, 10));
            (await connection.ExecuteScalarAsync<string>("SHOW application_name")).Should().Be("workflow-gateway");
            (await PreparedAsync(connection)).Should().Be(1, "what is run again and again is planned once");
        }

        await using var writer = dialect.OpenWriter();
        (await ShowAsync(writer, "synchronous_commit"), await ShowAsync(writer, "idle_in_transaction_session_timeout"), await ShowAsync(writer, "lock_timeout")).Should().Be(("on", "5s", "8s"));
    }

    [Theory]
    [InlineData("Timeout=7;Command Timeout=1;Max Auto Prepare=0;Application Name=mine")]
    [InlineData("timeout=7;CommandTimeout=1;MaxAutoPrepare=0;ApplicationName=mine")]
    public async Task What_the_operator_wrote_wins(string written)
    {
        using var dialect = new PostgresDialect($"{_database};{written}", TimeProvider.System);
        foreach (var open in Connections(dialect))
        {
            await using var connection = await open();

            (connection.ConnectionTimeout, connection.CommandTimeout).Should().Be((7, 1));
            (await connection.ExecuteScalarAsync<string>("SHOW application_name")).Should().Be("mine");
            (await PreparedAsync(connection)).Should().Be(0);
            var slow = () => connection.ExecuteAsync("SELECT pg_sleep(60)");
            dialect.IsUnavailable((await slow.Should().ThrowAsync<NpgsqlException>()).Which).Should().BeTrue("it is cut off, and says that the store did not answer");
        }
    }

    private static IEnumerable<Func<ValueTask<NpgsqlConnection>>> Connections(PostgresDialect dialect) =>
        [() => ValueTask.FromResult(dialect.OpenWriter()), async () => (NpgsqlConnection)await dialect.OpenReaderAsync()];

    private static async Task<long> PreparedAsync(NpgsqlConnection connection)
    {
        for (var i = 0; i < 3; i++)
        {
            await using var command = new NpgsqlCommand("SELECT $1 + 1", connection) { Parameters = { new() { Value = 7L } } };
            await command.ExecuteScalarAsync();
        }

        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1 + 1'");
    }

    private static Task<string?> ShowAsync(NpgsqlConnection connection, string setting) => connection.ExecuteScalarAsync<string>("SHOW " + setting);
}
