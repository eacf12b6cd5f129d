using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

/// <summary>What is looked at when all is over: the last gateway still runs, nobody starts anything any more.</summary>
internal static class Aftermath
{
    /// <summary>The vendors at which an unknown start is found again without anybody's help. Fortanix may be, too, but not where several claim one run.</summary>
    private static readonly string[] Settling = ["interactly"];

    /// <summary>The connections' timeout: a start that nobody answers for is given up so long after it was sent, and half a minute more.</summary>
    public const string Timeout = "5s";

    public static async Task<Verdict> JudgeAsync(GatewayProcess last, GatewayClient client, History history, GatewayFolder folder, SandboxServer sandbox)
    {
        // A gateway that is alone says at once that what was under way at a kill is unknown; among replicas it must be sure that nobody can be sending.
        await Until.HoldsAsync(
            async () => (await client.ListRunsAsync("&status=starting")).Count == 0, "no run is starting any more", folder.Store.Name == "sqlite" ? 30 : 120);
        var started = sandbox.ReadLedger(operation: "start").Where(start => start.Processed).Select(Checker.RunOf).ToHashSet();
        foreach (var vendor in Settling)
        {
            await Until.HoldsAsync(
                async () => !(await client.ListRunsAsync($"&status=unknown&connection={vendor}")).Any(run => started.Contains(run.GetProperty("id").GetString()!)),
                $"every unknown start that {vendor} carried out is bound", 120);
        }

        var evidence = await Evidence.CollectAsync(client, history);
        last.Terminate();
        return Checker.Judge(history, evidence with { ExitCode = await last.WaitAsync(), Rows = StoredRun.ReadAll(folder.Store) }, sandbox.ReadLedger(operation: "start"));
    }
}
