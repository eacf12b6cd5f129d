using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>How far a command has come.</summary>
internal static class CommandState
{
    /// <summary>A stop that waits for its run to be bound.</summary>
    public const string Kept = "kept";

    /// <summary>Being sent: it may have reached the vendor.</summary>
    public const string Sent = "sent";

    public const string Applied = "applied";

    /// <summary>Nothing was done, or a later read shows that it had no effect; the interaction is free again.</summary>
    public const string Refused = "refused";

    /// <summary>Nobody can know yet; it is never sent again, and judged by the next read.</summary>
    public const string Unknown = "unknown";
}

/// <param name="Answer">The problem it was refused with, as JSON; null otherwise.</param>
internal sealed record CommandRow(string Tenant, byte[] Id, byte[] RunId, string Kind, string? Turn, string State, byte[] Attempt, string? Actor, byte[]? KeyHash, long CreatedAt, string? Answer);

/// <summary>The statements of the table of commands. Shared by both stores.</summary>
internal static class CommandTable
{
    public const string RequestKind = "request", AnswerKind = "answer";

    /// <summary>Refused by the unique index when the turn is taken.</summary>
    public static Statement Insert(CommandRow command, string request) => new(
        "INSERT INTO commands(tenant, id, run_id, kind, turn, state, attempt, actor, key_hash, request, created_at) VALUES(@tenant, @id, @run_id, @kind, @turn, @state, @attempt, @actor, @key_hash, @request, @created_at)",
        command.Tenant, command.Id, command.RunId, command.Kind, command.Turn, command.State, command.Attempt, command.Actor, command.KeyHash, request, command.CreatedAt);

    public static Statement Move(CommandRow command, string from, string to, string? answer) => new(
        "UPDATE commands SET state=@to, answer=@answer WHERE tenant=@tenant AND id=@id AND state=@from", to, answer, command.Tenant, command.Id, from);

    /// <summary>The run ended before the stop that was kept for it could be sent.</summary>
    public static Statement DropKept(RunRow run) => new("UPDATE commands SET state='refused' WHERE run_id=@run_id AND state='kept'", run.Id.ToBytes());

    /// <summary>A kept stop goes out now: from now on it is known how long its answer can take.</summary>
    public static Statement SendKept(CommandRow command, long now) => new(
        "UPDATE commands SET state='sent', created_at=@now WHERE tenant=@tenant AND id=@id AND state='kept'", now, command.Tenant, command.Id);
}

internal sealed partial class LedgerReader
{
    private const string CommandColumns = "tenant, id, run_id, kind, turn, state, attempt, actor, key_hash, created_at, answer";

    /// <summary>With its answer opened; the other reads want only what is in force.</summary>
    public ValueTask<CommandRow?> FindCommandAsync(string tenant, byte[] id) => pool.UseAsync(async reader => await reader.Connection.QueryFirstOrDefaultAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE tenant=@tenant AND id=@id", new { tenant, id }) is not { } row ? null
        : row with { Answer = row.Answer is { } answer ? sealer.OpenText(answer, tenant, RunId.FromBytes(row.RunId), CommandTable.AnswerKind) : null });

    /// <summary>The command that holds a turn.</summary>
    public ValueTask<CommandRow?> FindTurnAsync(RunId run, string turn) => pool.UseAsync(async reader => await reader.Connection.QueryFirstOrDefaultAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE run_id=@run AND turn=@turn AND state<>'refused'", new { run = run.ToBytes(), turn }));

    /// <summary>The commands of a run of which nobody knows what came, or not yet; the oldest first.</summary>
    public ValueTask<IReadOnlyList<CommandRow>> ListUnsettledAsync(RunId run) => pool.UseAsync(async reader => (IReadOnlyList<CommandRow>)(await reader.Connection.QueryAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE run_id=@run AND state IN ('sent', 'unknown') ORDER BY id", new { run = run.ToBytes() })).AsList());

    /// <summary>Commands that are being sent, whatever their runs.</summary>
    public ValueTask<IReadOnlyList<CommandRow>> ListSentAsync(int limit) => pool.UseAsync(async reader => (IReadOnlyList<CommandRow>)(await reader.Connection.QueryAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE state='sent' LIMIT @limit", new { limit })).AsList());

    public ValueTask<CommandRow?> FindKeptStopAsync(RunId run) => pool.UseAsync(async reader => await reader.Connection.QueryFirstOrDefaultAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE run_id=@run AND kind='stop' AND state='kept'", new { run = run.ToBytes() }));
}
