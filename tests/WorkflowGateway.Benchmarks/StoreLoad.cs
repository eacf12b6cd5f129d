using System.Diagnostics;
using System.Text.Json;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Benchmarks;

/// <summary>What a store takes: the two commits of a start, by the gateway's own writers and statements, no vendor and no HTTP in between.</summary>
internal static class StoreLoad
{
    private const int CallersPerReplica = 64;

    public static async Task RunAsync(Settings settings, Report report, Scene scene, Uri vendor)
    {
        Console.WriteLine($"{Environment.NewLine}{"Starts into a store",-24}{"replicas",12}{"starts/s",12}{"events/s",12}{"gateway CPU us",16}");
        await MeasureAsync("SQLite", 1, i => [$"--Storage:Path={scene.At($"store{i}.db")}"]);
        using var server = new PostgresServer();
        foreach (var replicas in (int[])[1, 3])
        {
            var database = server.CreateDatabase();
            await MeasureAsync("PostgreSQL", replicas, _ => ["--Storage:Provider=postgres", $"--Storage:ConnectionString={database}"]);
        }

        async Task MeasureAsync(string store, int replicas, Func<int, string[]> arguments)
        {
            report.Progress($"{store}, {replicas} replica(s)");
            List<WebApplication> gateways = [];
            for (var i = 0; i < replicas; i++) gateways.Add(await GatewayHost.BuildAsync([.. scene.GatewayArguments(vendor).Skip(1), $"--Gateway:ConfigPath={scene.At("config/gateway.json")}", .. arguments(i)]));
            await LoadAsync(gateways, settings.Round);
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var began = Stopwatch.GetTimestamp();
            var starts = await LoadAsync(gateways, settings.Round * settings.Rounds);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            Console.WriteLine($"{store,-24}{replicas,12}{starts / seconds,12:F0}{2 * starts / seconds,12:F0}{cpu.TotalMicroseconds / starts,16:F0}");
            foreach (var gateway in gateways) await gateway.DisposeAsync();
        }
    }

    private static async Task<long> LoadAsync(List<WebApplication> gateways, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var callers = gateways.SelectMany(gateway => Enumerable.Range(0, CallersPerReplica).Select(_ => Task.Run(async () =>
        {
            var (ledger, ids) = (gateway.Services.GetRequiredService<RunLedger>(), gateway.Services.GetRequiredService<Ids>());
            long starts = 0;
            for (; Stopwatch.GetElapsedTime(began) < duration; starts++)
            {
                var run = RunOf(ids);
                var bound = run with { Status = RunStatus.Running, VendorRunId = ids.NextRandom().ToString(), Version = 2, ObservedAt = run.UpdatedAt, ObservedBy = "start" };
                var key = new IdempotencyKey(ids.NextRandom().ToByteArray(), ids.NextRandom().ToByteArray());
                await ledger.InsertAsync(run, key, run.UpdatedAt.AddMinutes(1), null, """{"subscriptionId":"sub_1"}""", new StartTrace(null, JsonElement.Parse("""{"workflowId":"5eb7cf5a86d9755df3a6c593"}""")));
                await ledger.UpdateAsync(run, bound, "start", (WorkKind.Poll, run.UpdatedAt.AddMinutes(1)));
            }

            return starts;
        })));
        return (await Task.WhenAll(callers)).Sum();
    }

    private static RunRow RunOf(Ids ids)
    {
        var id = ids.NextRun();
        return new RunRow
        {
            Tenant = "default",
            Id = id,
            Workflow = "bench",
            Status = RunStatus.Starting,
            Vendor = "interactly",
            Connection = "interactly",
            ConnectionIdentity = "bench",
            Attempt = ids.NextRandom(),
            Version = 1,
            Route = "bench",
            Revision = "bench",
            UpdatedAt = id.CreatedAt,
        };
    }
}
