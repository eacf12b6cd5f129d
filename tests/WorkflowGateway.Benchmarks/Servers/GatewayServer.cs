using WorkflowGateway.Access;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>The gateway as it ships, in a process of its own, with one more address that tells how often it committed.</summary>
internal static class GatewayServer
{
    public static async Task<int> RunAsync(string[] args)
    {
        var app = await GatewayHost.BuildAsync(args);
        long commits = 0;
        app.Services.GetRequiredService<LedgerWriter>().Committed += _ => Interlocked.Increment(ref commits);
        app.MapGet("/commits", () => Interlocked.Read(ref commits)).Public();
        app.MapGet("/memory", () =>
        {
            var gc = GC.GetGCMemoryInfo(GCKind.Any);
            return $"heap {gc.HeapSizeBytes >> 20} committed {gc.TotalCommittedBytes >> 20} frag {gc.FragmentedBytes >> 20} poh {gc.GenerationInfo[4].SizeAfterBytes >> 20} loh {gc.GenerationInfo[3].SizeAfterBytes >> 20} gen2 {gc.GenerationInfo[2].SizeAfterBytes >> 20} total {GC.GetTotalMemory(false) >> 20} gcs {GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)} threads {ThreadPool.ThreadCount}";
        }).Public();
        return await app.ServeAsync();
    }
}
