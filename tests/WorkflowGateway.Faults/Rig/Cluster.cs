using WorkflowGateway.Faults.Kill;

namespace WorkflowGateway.Faults.Rig;

/// <summary>Gateways as processes of their own on one store, with the vendors in this process.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string? _mutant;
    private readonly int[] _ports;

    private Cluster(GatewayFolder folder, SandboxServer sandbox, int replicas, string? mutant)
    {
        (Folder, Sandbox, _mutant) = (folder, sandbox, mutant);
        _ports = [.. Enumerable.Range(0, replicas).Select(_ => Ports.Free())];
        Clients = [.. _ports.Select(port => new GatewayClient(new Uri($"http://127.0.0.1:{port}")))];
        Gateways = new GatewayProcess?[replicas];
    }

    public GatewayFolder Folder { get; }

    public SandboxServer Sandbox { get; }

    public IReadOnlyList<GatewayClient> Clients { get; }

    public GatewayProcess?[] Gateways { get; }

    public IReadOnlyList<LedgerEntry> Starts => Sandbox.ReadLedger(operation: "start");

    /// <summary>Makes the vendors and the store; <see cref="LaunchAsync"/> starts gateways.</summary>
    public static async Task<Cluster> CreateAsync(GatewayFolder folder, int replicas, string? mutant = null, int seed = 1) =>
        new(folder, await SandboxServer.StartAsync(new SandboxOptions { Seed = seed }, CancellationToken.None), replicas, mutant);

    public static async Task<Cluster> StartAsync(GatewayFolder folder, int replicas, string? mutant = null, int seed = 1)
    {
        var cluster = await CreateAsync(folder, replicas, mutant, seed);
        // One after the other: the first makes the tables and the key that all share.
        for (var i = 0; i < replicas; i++) await cluster.LaunchAsync(i, mutant);
        return cluster;
    }

    public async Task LaunchAsync(int replica, string? build = null, params (string Name, string Value)[] environment)
    {
        if (Gateways[replica] is { } before) await before.DisposeAsync();
        Gateways[replica] = GatewayProcess.Launch(Folder, Sandbox.Control, _ports[replica], build, environment);
        await Gateways[replica]!.ListeningAsync();
    }

    /// <summary>Joins what callers were told, the store and the vendors' ledger, as after kills.</summary>
    public async Task<Verdict> JudgeAsync(History history)
    {
        for (var i = 1; i < Gateways.Length; i++) await Gateways[i]!.DisposeAsync();
        var verdict = await Aftermath.JudgeAsync(Gateways[0]!, Clients[0], history, Folder, Sandbox);
        Folder.Keep = !verdict.IsClean && _mutant is null;
        return Folder.Keep ? verdict with { Folder = Folder.Path } : verdict;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in Gateways.OfType<GatewayProcess>()) await gateway.DisposeAsync();
        foreach (var client in Clients) client.Dispose();
        await Sandbox.DisposeAsync();
        Folder.Dispose();
    }
}
