using System.Text.Json;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

/// <summary>A run as it stands in the store.</summary>
internal sealed record StoredRun(string Id, string Status, bool Final, string? VendorRunId, string Connection)
{
    public static List<StoredRun> ReadAll(Store store)
    {
        store.Check().Should().Be("ok");
        return store.Query("SELECT id, status, final, vendor_run_id, connection FROM runs", row => new StoredRun(
            "run_" + Convert.ToHexStringLower((byte[])row[0]), row.GetString(1), row.GetInt64(2) != 0, row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4)));
    }
}

/// <summary>What the gateway says after the last restart.</summary>
/// <param name="Readable">The runs that could be read, by the id they were asked for.</param>
/// <param name="Replays">What each key is answered with now.</param>
/// <param name="Events">All changes, in order.</param>
internal sealed record Evidence(IReadOnlyDictionary<string, Reply> Readable, IReadOnlyDictionary<string, Reply> Replays, IReadOnlyList<JsonElement> Events)
{
    /// <summary>The rows after the end of the last process.</summary>
    public IReadOnlyList<StoredRun> Rows { get; init; } = [];

    /// <summary>How the last process ended when it was asked to.</summary>
    public int ExitCode { get; init; }

    public static async Task<Evidence> CollectAsync(GatewayClient gateway, History history)
    {
        var ids = history.Attempts.Select(attempt => attempt.Reply?.RunId).OfType<string>().Distinct().ToList();
        var readable = await AllAsync(ids, gateway.GetRunAsync);
        var keys = history.Attempts.Select(attempt => attempt.Key).Distinct().ToList();
        var replays = await AllAsync(keys, key => gateway.StartAsync(Callers.WorkflowOf(key), key));
        return new Evidence(readable, replays, await gateway.ListEventsAsync());
    }

    private static async Task<Dictionary<string, Reply>> AllAsync(IEnumerable<string> names, Func<string, Task<Reply>> ask)
    {
        var all = new Dictionary<string, Reply>();
        foreach (var some in names.Chunk(8))
        {
            var replies = await Task.WhenAll(some.Select(ask));
            foreach (var (name, reply) in some.Zip(replies)) all[name] = reply;
        }

        return all;
    }
}
