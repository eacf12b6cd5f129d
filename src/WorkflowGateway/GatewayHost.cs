using System.Data.Common;
using WorkflowGateway.Access;
using WorkflowGateway.Api;
using WorkflowGateway.Audit;
using WorkflowGateway.Catalog;
using WorkflowGateway.Cli;
using WorkflowGateway.Edge;
using WorkflowGateway.Events;
using WorkflowGateway.Ledger;
using WorkflowGateway.Native;
using WorkflowGateway.Plans;
using WorkflowGateway.Runners;
using WorkflowGateway.Runs;
using WorkflowGateway.Sync;
using WorkflowGateway.Telemetry;
using WorkflowGateway.VendorEvents;
using WorkflowGateway.Webhooks;

namespace WorkflowGateway;

/// <summary>Builds and runs the server.</summary>
internal static class GatewayHost
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        await using var app = await BuildAsync(args);
        await app.StartAsync();
        if (ConsoleLogs.AreJson(app.Configuration, app.Environment)) Welcome.Log(app);
        else Console.WriteLine(Welcome.Text(app));
        var failed = app.Services.GetRequiredService<LedgerWriter>().Failed;
        if (await Task.WhenAny(app.WaitForShutdownAsync(), failed) != failed) return ExitCode.Ok;
        Console.Error.WriteLine($"The ledger may not have kept what it was given: {(await failed).Message} Start again once the disk is in order; what was under way becomes unknown.");
        return ExitCode.StorageFailed;
    }

    /// <summary>The settings, from everywhere they may come from. Whatever reads one reads it here.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>The services for a verb that is not to serve: there is no host, and the simulated vendors are only named.</summary>
    public static ServiceProvider BuildForVerb(string[] args)
    {
        var builder = CreateBuilder(args);
        builder.Logging.ClearProviders();
        if (SandboxHost.Name(builder.Configuration, builder.Environment) is { } sandbox) builder.Services.AddSingleton(sandbox);
        AddRooms(builder, HomeFolder.Find());
        builder.Services.AddSingleton(services => new Sealer(MasterKey.Load(services, make: false), MasterKey.LoadPrevious(services)));
        return builder.Services.BuildServiceProvider();
    }

    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? customize = null)
    {
        var home = HomeFolder.Find();
        var builder = CreateBuilder(args);
        if (ListenAddress.IsLeftToUs(builder.Configuration)) builder.WebHost.UseUrls(ListenAddress.Default);
        // First, so that it stops last: what is under way at the stop still needs its vendor.
        var sandbox = await SandboxHost.StartAsync(builder.Configuration, builder.Environment, home);
        if (sandbox is not null) builder.Services.AddSingleton(sandbox).AddHostedService(services => services.GetRequiredService<SandboxHost>());
        AddRooms(builder, home);
        builder.AddLogs();
        customize?.Invoke(builder);

        var app = builder.Build();
        try
        {
            // What cannot be used is said before anything is opened or listened on.
            app.Services.GetRequiredService<LiveCatalog>();
            app.Services.GetRequiredService<LedgerWriter>();
            SealCheck.Run(app.Services.GetRequiredService<Dialect>(), app.Services.GetRequiredService<Sealer>(), app.Services.GetRequiredService<TimeProvider>(), app.Logger);
        }
        catch (Exception exception)
        {
            var ledger = exception is DbException ? app.Services.GetRequiredService<Dialect>() : null;
            await app.DisposeAsync();
            if (sandbox is not null) await sandbox.StopAsync(CancellationToken.None);
            if (ledger is null) throw;
            throw Failures.Opening(ledger, (DbException)exception);
        }

        sandbox?.SubscribeWhenStarted(app);
        app.UseRequestTrace();
        app.UseApi();
        app.UseEdge();
        // Below the edge, which may change the method.
        app.UseRouting();
        app.UseAccess();
        app.UseAudit();
        app.MapApi();
        return app;
    }

    private static void AddRooms(WebApplicationBuilder builder, HomeFolder home)
    {
        builder.Services.AddSingleton<TimeProvider>(new SteadyTime(TimeProvider.System));
        builder.Services.AddSingleton(home);
        builder.AddTelemetry();
        builder.Services.AddCatalog();
        builder.Services.AddCatalogOptions(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddLedger(builder.Configuration);
        builder.Services.AddLedgerKeys();
        builder.Services.AddAudit();
        builder.Services.AddRunners();
        builder.Services.AddRuns();
        builder.Services.AddEvents();
        builder.Services.AddSync();
        builder.Services.AddVendorEvents();
        builder.Services.AddWebhooks();
        builder.Services.AddPlans();
        builder.Services.AddNative();
        builder.Services.AddApi();
        builder.Services.AddEdge();
    }
}

/// <summary>A setting that cannot be used; its message names it and the fix.</summary>
internal class SettingsException(string message, Exception? inner = null) : Exception(message, inner);
