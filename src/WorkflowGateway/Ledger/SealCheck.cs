using Dapper;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Ledger;

/// <summary>Tells a wrong master key before anything is served: what it cannot open would look as if it were not there.</summary>
internal static partial class SealCheck
{
    /// <exception cref="SettingsException">The key that sealed last is not here.</exception>
    public static void Run(Dialect dialect, Sealer sealer, TimeProvider time, ILogger log)
    {
        using var connection = dialect.OpenWriter();
        var known = connection.Query<string>("SELECT id FROM master_keys ORDER BY used_at DESC").AsList();
        if (known is [var last, ..] && !sealer.Has(last))
        {
            throw new SettingsException(
                $"What the ledger ({dialect.Describe()}) has encrypted is under the master key {last}, {(sealer.KeyId is { } mine ? $"and Security:MasterKey is {mine}" : "and Security:MasterKey is empty")}. "
                + "Set the key that it was written with; to take another, give that one in Security:PreviousMasterKeys (the name of a key is the beginning of a hash of it).");
        }

        // Those before may be gone for good, with what they sealed.
        foreach (var gone in known.Where(id => !sealer.Has(id))) LogGone(log, gone);
        if (sealer.KeyId is { } id)
            connection.Execute("INSERT INTO master_keys(id, used_at) VALUES(@id, @now) ON CONFLICT(id) DO UPDATE SET used_at=excluded.used_at", new { id, now = RunColumns.Time(time.Now()) });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The master key {Id} is not among Security:PreviousMasterKeys any more: what is still encrypted under it cannot be read")]
    private static partial void LogGone(ILogger log, string id);
}
