using System.Data.Common;
using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;
using WorkflowGateway.Cli;

namespace WorkflowGateway.Ledger;

/// <summary>The ledger for a process that only reads it, beside the gateway that writes it: no lock is taken, nothing is migrated, nothing checkpointed.</summary>
internal static class LedgerToRead
{
    /// <exception cref="SettingsException">There is none.</exception>
    public static Dialect Open(IServiceProvider services)
    {
        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        if (storage is { Provider: StorageOptions.Postgres, ConnectionString: { } place }) return new PostgresDialect(place, services.GetRequiredService<TimeProvider>());
        var path = services.GetRequiredService<HomeFolder>().Resolve(storage.Path);
        return File.Exists(path) ? SqliteDialect.ToRead(path)
            : throw new SettingsException($"There is no ledger {path}: nothing was recorded there. Give the Storage:Path of the gateway.");
    }

    /// <summary>Whether it is of this version.</summary>
    /// <exception cref="SettingsException">It is not, or is no ledger.</exception>
    /// <exception cref="StorageUnavailableException">It cannot be read now.</exception>
    public static async Task CheckAsync(Dialect dialect)
    {
        try
        {
            await using var connection = await dialect.OpenReaderAsync();
            if (Migrations.Difference(connection, dialect) is { } difference) throw new SettingsException(difference);
        }
        catch (DbException exception)
        {
            throw Failures.Opening(dialect, exception);
        }
    }
}
