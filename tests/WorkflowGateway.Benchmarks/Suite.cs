using System.Text.Json;
using WorkflowGateway.Benchmarks.Load;

namespace WorkflowGateway.Benchmarks;

/// <summary>Starts the servers, loads one of them at a time, round by round in turn, and reports.</summary>
internal static class Suite
{
    private const int KnownRuns = 1000;

    public static async Task<int> RunAsync(Settings settings)
    {
        var report = new Report();
        using var scene = new Scene();
        report.Progress($"Starting servers; data in {scene.Folder}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
        using var vendor = await ServerProcess.StartAsync("vendor", scene.Folder, "vendor");
        using var gateway = await ServerProcess.StartAsync("gateway", scene.Folder, scene.GatewayArguments(vendor.Url));
        if (settings.Only is null or "reads") await ReadsAsync(settings, report, scene, gateway);
        if (settings.Only is null or "starts") await StartsAsync(settings, report, scene, gateway, vendor);
        if (settings.Only is null or "native") await NativeAsync(settings, report);
        if (settings.Only is null or "store") await StoreLoad.RunAsync(settings, report, scene, vendor.Url);
        report.Verdicts();
        return 0;
    }

    private static async Task ReadsAsync(Settings settings, Report report, Scene scene, ServerProcess gateway)
    {
        var started = await LoadGenerator.AskAsync(gateway.Url, Enumerable.Repeat(Scene.Start(), KnownRuns));
        byte[][] reads = [.. started.Select(run => Scene.Read(JsonElement.Parse(run).GetProperty("id").GetString()!))];
        await File.WriteAllBytesAsync(scene.At("run.json"), (await LoadGenerator.AskAsync(gateway.Url, reads.Take(1)))[0]);
        using var kestrel = await ServerProcess.StartAsync("bare Kestrel", scene.Folder, "kestrel", scene.At("run.json"));
        await RoundsAsync("GET /v1/runs/{id}", settings, report, [new(kestrel, reads, "200"), new(gateway, reads, "200")], [0.5]);
    }

    private static async Task StartsAsync(Settings settings, Report report, Scene scene, ServerProcess gateway, ServerProcess vendor)
    {
        using var yarp = await ServerProcess.StartAsync("bare YARP", scene.Folder, "yarp", vendor.Url.AbsoluteUri);
        using var floor = await ServerProcess.StartAsync("durable floor", scene.Folder, "floor", vendor.Url.AbsoluteUri, scene.At("floor.db"));
        // A million keys are enough for every start to have its own.
        byte[][] starts = settings.Keys ? [.. Enumerable.Range(0, 1_000_000).Select(i => Scene.Start($"order-{i}"))] : [Scene.Start()];
        byte[][] native = [Scene.VendorStart()];
        await RoundsAsync("POST /v1/runs", settings, report, [new(yarp, native, "200"), new(floor, native, "201", true), new(gateway, starts, "201", true)], [null, 0.5]);
    }

    // The vendor answers with 1 KiB; a post has as much. Before a post the gateway commits who makes it.
    private static async Task NativeAsync(Settings settings, Report report)
    {
        const string Native = "/v1/connections/interactly/native";
        using var scene = new Scene();
        using var vendor = await ServerProcess.StartAsync("vendor", scene.Folder, "vendor", "1024");
        using var yarp = await ServerProcess.StartAsync("bare YARP", scene.Folder, "yarp", vendor.Url.AbsoluteUri);
        using var gateway = await ServerProcess.StartAsync("gateway", scene.Folder, scene.GatewayArguments(vendor.Url));
        await RoundsAsync("GET native", settings, report, [new(yarp, [Scene.NativeRead("")], "200"), new(gateway, [Scene.NativeRead(Native)], "200")], [1]);
        await RoundsAsync("POST native", settings, report, [new(yarp, [Scene.NativePost("")], "200"), new(gateway, [Scene.NativePost(Native)], "200", true)], [null]);
    }

    private static async Task RoundsAsync(string title, Settings settings, Report report, Contender[] contenders, double?[] aims)
    {
        foreach (var contender in contenders)
        {
            report.Progress($"{title}: warming up {contender.Server.Name}");
            report.Progress($"{title}: {await contender.WarmUpAsync(settings.WarmUps)} us of CPU a request");
        }

        var tables = new List<(int Connections, List<(string Name, List<Sample> Samples)> Rounds)>();
        foreach (var connections in settings.Connections)
        {
            var rounds = contenders.Select(contender => (contender.Server.Name, Samples: new List<Sample>())).ToList();
            for (var round = 0; round < settings.Rounds; round++)
            {
                report.Progress($"{title}: {connections} connections, round {round + 1} of {settings.Rounds}");
                for (var i = 0; i < contenders.Length; i++) rounds[i].Samples.Add(await contenders[i].MeasureAsync(connections, settings.Round));
            }

            tables.Add((connections, rounds));
        }

        Report.Head(title);
        foreach (var (connections, rounds) in tables) report.Table(rounds, connections, aims);
    }
}
