using System.Data.Common;
using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Cli;

/// <summary>What an exception means to whoever typed the command.</summary>
internal static class Failures
{
    public static async Task<int> GuardAsync(TextWriter error, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is CatalogException or OptionsValidationException or SettingsException)
        {
            error.WriteLine(exception is OptionsValidationException invalid ? string.Join(Environment.NewLine, invalid.Failures) : exception.Message);
            return ExitCode.BadConfiguration;
        }
        catch (StorageUnavailableException exception)
        {
            error.WriteLine(exception.Message);
            return ExitCode.Unavailable;
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            error.WriteLine($"{exception.Message} Stop what listens there, or give another address: --urls http://localhost:8081");
            return ExitCode.BadConfiguration;
        }
        catch (Exception exception)
        {
            error.WriteLine($"This is a mistake of the gateway's own. {exception}");
            return ExitCode.Unforeseen;
        }
    }

    /// <summary>What opening the store failed with, as one of the above.</summary>
    public static Exception Opening(Dialect dialect, DbException exception)
    {
        var message = $"The ledger ({dialect.Describe()}) cannot be opened: {exception.Message}";
        return dialect.IsUnavailable(exception) ? new StorageUnavailableException(message, exception) : new SettingsException(message, exception);
    }
}
