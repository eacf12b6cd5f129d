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
        return await app.ServeAsync();
    }
}
