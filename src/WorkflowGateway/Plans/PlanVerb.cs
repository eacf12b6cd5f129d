using System.CommandLine;
using System.Text.Json;
using WorkflowGateway.Catalog;
using WorkflowGateway.Cli;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Plans;

/// <summary>The verb <c>plan</c>: reads the ledger beside a gateway that may be running, and writes nothing.</summary>
internal static class PlanVerb
{
    private static readonly Option<string> Config = new("--config", "-c") { Description = "The new configuration. It is compared with Gateway:ConfigPath.", HelpName = "file", Required = true };

    private static readonly Option<double> Hours = new("--hours") { Description = "How many hours of recorded starts to replay.", HelpName = "n", DefaultValueFactory = _ => 24 };

    private static readonly Option<string[]> Workflow = new("--workflow", "-w") { Description = "Only this workflow; may be repeated.", HelpName = "name" };

    /// <summary>Who gave no sign for longer is gone.</summary>
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(20);

    public static Command Make() => Verb.Of(
        "plan", "Shows what a new configuration would change, by the starts that were recorded. Ends with 1 when starts would fail, operations be missing or open runs be lost.", RunAsync, Config, Hours, Workflow);

    public static async Task<int> RunAsync(VerbCall call)
    {
        var (file, hours) = (Path.GetFullPath(call.Parsed.GetValue(Config)!), call.Parsed.GetValue(Hours));
        if (hours is not (> 0 and <= PlanBody.MostHours))
        {
            call.Error.WriteLine("--hours is a number above 0 and up to 8784.");
            return ExitCode.BadUsage;
        }

        await using var services = call.BuildServices();
        using var dialect = LedgerToRead.Open(services);
        using var pool = new ReaderPool(dialect);
        await LedgerToRead.CheckAsync(dialect);
        var context = services.GetRequiredService<CatalogContext>();
        var (before, after) = (CatalogReader.Load(CatalogStart.PathOf(services), context), CatalogReader.Load(file, context));
        var reader = new LedgerReader(pool, dialect, services.GetRequiredService<Sealer>(), null);
        using var planner = new Planner(reader, services.GetRequiredService<TimeProvider>());
        var scope = new PlanScope(null, TimeSpan.FromHours(hours), call.Parsed.GetValue(Workflow) is { Length: > 0 } named ? named : null);
        if (scope.Mistake(before, after) is { } mistake)
        {
            call.Error.WriteLine($"--workflow: {mistake}");
            return ExitCode.BadUsage;
        }

        var view = await planner.PlanAsync(before, after, scope, null, CancellationToken.None);
        view = view with { Warnings = [.. view.Warnings, .. await OthersAsync(reader, before.Revision, view.Until)] };
        if (dialect is SqliteDialect { WasDisturbed: true })
            throw new StorageUnavailableException("A gateway began to write the ledger while the plan was made. Plan again.", new IOException("The ledger changed."));
        if (call.Json) call.Out.WriteLine(JsonSerializer.Serialize(view, PlanText.Json.PlanView));
        else PlanText.Write(call.Out, view, CatalogStart.PathOf(services), file, hours);
        return view.Breaks ? ExitCode.No : ExitCode.Ok;
    }

    // Somebody may have edited the file that is compared with, and it was refused or is not everywhere yet.
    private static async Task<IEnumerable<PlanWarningView>> OthersAsync(LedgerReader reader, string revision, DateTime now) => (await reader.ListReplicasAsync())
        .Where(replica => replica.Revision != revision && now - replica.SeenAt.UtcDateTime < Alive)
        .Select(replica => new PlanWarningView(PlanWarnings.Warning, "other-revision", null, null,
            $"A gateway that runs serves {replica.Revision}, which is not what is compared with. Compare with its file: --Gateway:ConfigPath=…"));
}
