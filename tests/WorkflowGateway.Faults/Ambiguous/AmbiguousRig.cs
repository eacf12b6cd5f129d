using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Ambiguous;

/// <summary>Vendors take starts, and calls without a body, and do not say so, in every way that there is.</summary>
internal sealed class AmbiguousRig(Cluster cluster, History history)
{
    /// <summary>The connections' timeout; every way of not answering lasts longer.</summary>
    public const string Timeout = "2s";

    /// <summary>All of them after the work was done and recorded.</summary>
    public static readonly IReadOnlyDictionary<string, Fault> Ways = new Dictionary<string, Fault>
    {
        ["hang"] = new() { Kind = "hang" },
        ["reset"] = new() { Kind = "reset" },
        ["end of the connection"] = new() { Kind = "eof" },
        ["502"] = new() { Kind = "status", Status = 502 },
        ["a page with 200"] = new() { Kind = "html200" },
        ["half the JSON"] = new() { Kind = "truncated-json" },
        ["64 MiB"] = new() { Kind = "huge-body" },
        ["a byte a second"] = new() { Kind = "slow-drip" },
        ["after the deadline"] = new() { Kind = "delay", Seconds = 3 },
    };

    // Most starts go well: a vendor that answers nobody is soon left alone, and nothing more would be learnt.
    private const double Share = 0.3;

    /// <summary>Starts that were answered in one of these ways.</summary>
    public static bool IsSilent(LedgerEntry start) => start.Fault is not null;

    /// <summary>Starts runs at each vendor until so many of them were answered in that way.</summary>
    public async Task StartAsync(string way, int each)
    {
        cluster.Sandbox.Controls.ClearFaults();
        cluster.Sandbox.Controls.Add(Ways[way] with { Operation = "start", When = "after", Probability = Share });
        var after = cluster.Sandbox.Ledger.Count;
        var number = Ways.Keys.ToList().IndexOf(way);
        await Task.WhenAll(Callers.Workflows.SelectMany((vendor, v) => Enumerable.Range(0, Math.Min(each, 8)).Select(async caller =>
        {
            for (var n = 0; cluster.Sandbox.ReadLedger(vendor, "start", after).Count(IsSilent) < each; n++) await AskAsync($"k-{number}-{(caller * 10_000) + n}-{v}");
        })));
        cluster.Sandbox.Controls.ClearFaults();
    }

    /// <summary>Stops so many runs at Fortanix, whose stop has no body.</summary>
    /// <returns>How often each stop reached the vendor, in any order.</returns>
    public async Task<IReadOnlyList<int>> StopAsync(string way, int each)
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, each).Select(n => cluster.Clients[0].StartAsync("fortanix-endless", $"k-99-{n}-2")));
        cluster.Sandbox.Controls.Add(Ways[way] with { Operation = "stop", When = "after" });
        var before = cluster.Sandbox.Ledger.Count;
        await Task.WhenAll(runs.Select(run => cluster.Clients[0].CommandAsync(run.RunId!, "stop", new { }, "stop-" + run.RunId)));
        cluster.Sandbox.Controls.ClearFaults();
        var stops = cluster.Sandbox.ReadLedger("fortanix", "stop", before).ToLookup(stop => stop.VendorRunId);
        return [.. runs.Select(run => stops[run.VendorRunId].Count())];
    }

    // The connection lets in only so many at once; whoever is turned away asks again.
    private async Task AskAsync(string key)
    {
        while (true)
        {
            var attempt = await cluster.Clients[0].TryAsync(key);
            history.Told(attempt, TimeSpan.Zero, first: false);
            if (attempt.IsAcknowledged()) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
