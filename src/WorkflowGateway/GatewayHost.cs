using System.Text;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Catalog;
using WorkflowGateway.Events;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;
using WorkflowGateway.VendorEvents;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway;

/// <summary>Builds and runs the server.</summary>
internal static class GatewayHost
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = await BuildAsync(args);
            await app.StartAsync();
            Console.WriteLine(Welcome.Text(app));
            var failed = app.Services.GetRequiredService<LedgerWriter>().Failed;
            if (await Task.WhenAny(app.WaitForShutdownAsync(), failed) != failed) return 0;
            Console.Error.WriteLine($"The ledger may not have kept what it was given: {(await failed).Message} Start again once the disk is in order; what was under way becomes unknown.");
            return ExitCode.StorageFailed;
        }
        catch (Exception exception) when (exception is CatalogException or OptionsValidationException or SettingsException)
        {
            Console.Error.WriteLine(exception is OptionsValidationException invalid ? string.Join(Environment.NewLine, invalid.Failures) : exception.Message);
            return ExitCode.BadConfiguration;
        }
        catch (StorageUnavailableException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCode.StorageUnavailable;
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            Console.Error.WriteLine($"{exception.Message} Stop what listens there, or give another address: --urls http://localhost:8081");
            return ExitCode.BadConfiguration;
        }
    }

    public static int PrintSchema()
    {
        // As bytes: the console would end lines and encode in its own way, and this is to be config/gateway.schema.json.
        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(GatewaySchema.Generate(VendorAdapters.All)));
        return 0;
    }

    public static int RefuseVerb(string verb)
    {
        Console.Error.WriteLine($"Unknown verb '{verb}'. Verbs: healthcheck, schema, copy-store; without one the gateway serves.");
        return ExitCode.BadUsage;
    }

    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? customize = null)
    {
        var home = HomeFolder.Find();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        if (ListenAddress.IsLeftToUs(builder.Configuration)) builder.WebHost.UseUrls(ListenAddress.Default);
        // First, so that it stops last: what is under way at the stop still needs its vendor.
        var sandbox = await SandboxHost.StartAsync(builder.Configuration, builder.Environment, home);
        if (sandbox is not null) builder.Services.AddSingleton(sandbox).AddHostedService(services => services.GetRequiredService<SandboxHost>());
        builder.Services.AddSingleton<TimeProvider>(new SteadyTime(TimeProvider.System));
        builder.Services.AddSingleton(home);
        builder.Services.AddSingleton(services => CatalogStart.Load(services, sandbox));
        builder.Services.AddOptions<HostOptions>().Configure<LiveCatalog>((host, catalog) => host.ShutdownTimeout = CatalogStart.DrainTime(catalog.Current));
        builder.Services.AddCatalogOptions(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddLedger(builder.Configuration);
        builder.Services.AddRunners();
        builder.Services.AddRuns();
        builder.Services.AddEvents();
        builder.Services.AddSync();
        builder.Services.AddVendorEvents();
        builder.Services.AddWebhooks();
        builder.Services.AddApi();
        customize?.Invoke(builder);

        var app = builder.Build();
        try
        {
            // What cannot be used is said before anything is opened or listened on.
            app.Services.GetRequiredService<LiveCatalog>();
            app.Services.GetRequiredService<LedgerWriter>();
        }
        catch (Exception exception)
        {
            var ledger = exception is System.Data.Common.DbException ? app.Services.GetRequiredService<Dialect>() : null;
            await app.DisposeAsync();
            if (sandbox is not null) await sandbox.StopAsync(CancellationToken.None);
            if (ledger is null) throw;
            var message = $"The ledger ({ledger.Describe()}) cannot be opened: {exception.Message}";
            throw ledger.IsUnavailable(exception) ? new StorageUnavailableException(message, exception) : new SettingsException(message, exception);
        }

        sandbox?.SubscribeWhenStarted(app);
        app.UseApi();
        app.UseAccess();
        app.MapApi();
        return app;
    }
}

/// <summary>A setting that cannot be used; its message names it and the fix.</summary>
internal sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);
