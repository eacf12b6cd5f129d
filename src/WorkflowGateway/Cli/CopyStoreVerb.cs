using System.CommandLine;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Cli;

internal static class CopyStoreVerb
{
    private static readonly Option<string> To = new Option<string>("--to") { Description = "The store to move to.", HelpName = "postgres", Required = true }.AcceptOnlyFromAmong(StorageOptions.Postgres);

    public static Command Make() => Verb.Of(
        "copy-store",
        "Moves the ledger from its SQLite file (--Storage:Path) to PostgreSQL (--Storage:ConnectionString). Stop every gateway first.",
        call => Task.FromResult(Run(call)), To);

    private static int Run(VerbCall call)
    {
        var storage = GatewayHost.CreateBuilder(call.Settings).Configuration.GetSection("Storage").Get<StorageOptions>() ?? new StorageOptions();
        if (storage.ConnectionString is not { Length: > 0 } place)
        {
            call.Error.WriteLine("Say where to: --Storage:ConnectionString='Host=db;Database=gateway;Username=gateway;Password=…'");
            return ExitCode.BadUsage;
        }

        try
        {
            var path = HomeFolder.Find().Resolve(storage.Path);
            if (!File.Exists(path)) throw new SettingsException($"There is no ledger {path}. Give another Storage:Path.");
            using var from = new SqliteDialect(path);
            using var to = new PostgresDialect(place, TimeProvider.System);
            call.Out.WriteLine($"From {from.Describe()}{Environment.NewLine}to   {to.Describe()}");
            var rows = new StoreCopy(from, to, TimeProvider.System, call.Out.WriteLine).Run();
            call.Out.WriteLine($"{rows:N0} rows moved. Now start the gateways with Storage:Provider=postgres, the same Storage:ConnectionString and the same Security:MasterKey.");
            return ExitCode.Ok;
        }
        catch (Exception exception) when (exception is SettingsException or System.Data.Common.DbException)
        {
            call.Error.WriteLine($"{exception.Message}{Environment.NewLine}Nothing was moved.");
            return ExitCode.BadConfiguration;
        }
    }
}
