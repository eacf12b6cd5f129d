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
    /// <summary>Refused by the unique index when the turn is taken.</summary>
    public static Statement Insert(CommandRow command, string request) => new(
        "INSERT INTO commands(tenant, id, run_id, kind, turn, state, attempt, actor, key_hash, request, created_at) VALUES(@tenant, @id, @run_id, @kind, @turn, @state, @attempt, @actor, @key_hash, @request, @created_at)",
        command.Tenant, command.Id, command.RunId, command.Kind, command.Turn, command.State, command.Attempt, command.Actor, command.KeyHash, request, command.CreatedAt);

    public static Statement Move(CommandRow command, string from, string to, string? answer) => new(
        "UPDATE commands SET state=@to, answer=@answer WHERE tenant=@tenant AND id=@id AND state=@from", to, answer, command.Tenant, command.Id, from);

    /// <summary>The run ended before the stop that was kept for it could be sent.</summary>
    public static Statement DropKept(RunRow run) => new("UPDATE commands SET state='refused' WHERE run_id=@run_id AND state='kept'", run.Id.ToBytes());

    /// <summary>After a restart of the only process nobody will hear the answer any more.</summary>
    public static Statement CutOff() => new("UPDATE commands SET state='unknown' WHERE state='sent'");
}

internal sealed partial class LedgerReader
{
    private const string CommandColumns = "tenant, id, run_id, kind, turn, state, attempt, actor, key_hash, created_at, answer";

    public ValueTask<CommandRow?> FindCommandAsync(string tenant, byte[] id) => pool.UseAsync(async reader => await reader.Connection.QueryFirstOrDefaultAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE tenant=@tenant AND id=@id", new { tenant, id }));

    /// <summary>The command that holds a turn.</summary>
    public ValueTask<CommandRow?> FindTurnAsync(RunId run, string turn) => pool.UseAsync(async reader => await reader.Connection.QueryFirstOrDefaultAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE run_id=@run AND turn=@turn AND state<>'refused'", new { run = run.ToBytes(), turn }));

    /// <summary>The oldest command of a run of which nobody knows what came.</summary>
    public ValueTask<CommandRow?> FindUnknownAsync(RunId run) => pool.UseAsync(async reader => await reader.Connection.QueryFirstOrDefaultAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE run_id=@run AND state='unknown' ORDER BY id LIMIT 1", new { run = run.ToBytes() }));

    public ValueTask<CommandRow?> FindKeptStopAsync(RunId run) => pool.UseAsync(async reader => await reader.Connection.QueryFirstOrDefaultAsync<CommandRow>(
        $"SELECT {CommandColumns} FROM commands WHERE run_id=@run AND kind='stop' AND state='kept'", new { run = run.ToBytes() }));
}
