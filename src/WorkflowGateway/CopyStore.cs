using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;

namespace WorkflowGateway;

/// <summary>The verb <c>copy-store --to postgres</c>.</summary>
internal static class CopyStore
{
    private const string Usage = "Usage: copy-store --to postgres [--Storage:Path=data/gateway.db] --Storage:ConnectionString='Host=…'. Stop every gateway first.";

    public static int Run(string[] args)
    {
        var settings = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddEnvironmentVariables().AddCommandLine(args).Build();
        var storage = settings.GetSection("Storage").Get<StorageOptions>() ?? new StorageOptions();
        if (settings["to"] != StorageOptions.Postgres || storage.ConnectionString is not { Length: > 0 } place)
        {
            Console.Error.WriteLine(Usage);
            return ExitCode.BadUsage;
        }

        try
        {
            var path = HomeFolder.Find().Resolve(storage.Path);
            if (!File.Exists(path)) throw new SettingsException($"There is no ledger {path}. Give another Storage:Path.");
            using var from = new SqliteDialect(path);
            using var to = new PostgresDialect(place, TimeProvider.System);
            Console.WriteLine($"From {from.Describe()}{Environment.NewLine}to   {to.Describe()}");
            var rows = new StoreCopy(from, to, TimeProvider.System, Console.WriteLine).Run();
            Console.WriteLine($"{rows:N0} rows moved. Now start the gateways with Storage:Provider=postgres, the same Storage:ConnectionString and the same Security:MasterKey.");
            return 0;
        }
        catch (Exception exception) when (exception is SettingsException or System.Data.Common.DbException)
        {
            Console.Error.WriteLine($"{exception.Message}{Environment.NewLine}Nothing was moved.");
            return ExitCode.BadConfiguration;
        }
    }
}
