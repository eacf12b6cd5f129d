using WorkflowGateway.Access;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Benchmarks.Servers;

/// <summary>The gateway as it ships, in a process of its own, with two more addresses that tell how often it committed and what its memory is made of.</summary>
internal static class GatewayServer
{
    public static async Task<int> RunAsync(string[] args)
    {
        var app = await GatewayHost.BuildAsync(args);
        long commits = 0;
        app.Services.GetRequiredService<LedgerWriter>().Committed += _ => Interlocked.Increment(ref commits);
        app.MapGet("/commits", () => Interlocked.Read(ref commits)).Public();
        app.MapGet("/memory", () => GC.GetGCMemoryInfo(GCKind.Any) is var gc
            ? $"heap {gc.HeapSizeBytes >> 20} MB, of which pinned {gc.GenerationInfo[4].SizeAfterBytes >> 20} and free {gc.FragmentedBytes >> 20}, committed {gc.TotalCommittedBytes >> 20}; {GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)} collections"
            : "").Public();
        return await app.ServeAsync();
    }
}
