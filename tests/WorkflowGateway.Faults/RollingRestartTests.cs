using System.Collections.Concurrent;
using System.Net;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Three replicas, asked to end one after the other while callers read and start. Who is turned away asks another replica, as a balancer does.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int Replicas = 3;

    [Fact]
    public async Task No_read_fails_and_no_start_is_lost_doubled_or_unknown()
    {
        var rounds = Form.Count("WFG_ROUNDS", 1);
        await using var cluster = await Cluster.CreateAsync(new GatewayFolder(store: "postgres"), Replicas);
        // The first makes the tables and the key that all share.
        await cluster.LaunchAsync(0);
        await Task.WhenAll(Enumerable.Range(1, Replicas - 1).Select(replica => cluster.LaunchAsync(replica)));
        var known = (await cluster.Clients[0].StartAsync("juo-endless", "known")).RunId!;
        using var over = new CancellationTokenSource();
        var (failed, told, reads) = (new ConcurrentBag<string>(), new ConcurrentDictionary<string, string>(), 0);
        var load = Enumerable.Range(0, 4).Select(async caller =>
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var read = await AskAsync(cluster, caller + i, client => client.GetRunAsync(known));
                if (read is not { Status: HttpStatusCode.OK }) failed.Add($"read: {read?.Status} {read?.Code}");
                Interlocked.Increment(ref reads);
                var key = $"{caller}-{i}";
                var start = await AskAsync(cluster, caller + i, client => client.StartAsync(i % 2 == 0 ? "juo" : "interactly", key));
                if (start?.RunId is { } id) told[key] = id;
                else failed.Add($"start: {start?.Status} {start?.Code}");
                // A gateway that comes up needs the machine more than they do.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }).ToList();

        for (var round = 0; round < rounds; round++)
        {
            for (var replica = 0; replica < Replicas; replica++)
            {
                var before = reads;
                await Until.HoldsAsync(() => reads >= before + 8, "callers are at it");
                var gateway = cluster.Gateways[replica]!;
                gateway.Terminate();
                // Some send it twice: the second changes nothing.
                gateway.Terminate();
                (await gateway.WaitAsync()).Should().Be(0, gateway.Errors);
                await cluster.LaunchAsync(replica);
            }
        }

        await over.CancelAsync();
        await Task.WhenAll(load);
        var starts = cluster.Starts;
        await Parallel.ForEachAsync(told, async (one, _) => (await cluster.Clients[0].GetRunAsync(one.Value)).RunStatus.Should().NotBeNull().And.NotBe("unknown", one.Key));
        Form.Say(output, $"{rounds * Replicas} restarts: {reads} reads, {told.Count} starts, {failed.Count} failed; {starts.Count} starts at the vendors, 0 unknown");
        failed.Should().BeEmpty();
        starts.Should().HaveCount(told.Count + 1);
        told.Values.Should().OnlyHaveUniqueItems();
    }

    // A connection that is refused or closed, or a replica that says that it stops: the next one is asked, with the same key.
    private static async Task<Reply?> AskAsync(Cluster cluster, int first, Func<GatewayClient, Task<Reply>> ask)
    {
        for (var i = 0; i < 2 * Replicas; i++)
        {
            try
            {
                var reply = await ask(cluster.Clients[(first + i) % Replicas]);
                if (reply.Code != "gateway-unavailable") return reply;
            }
            catch (HttpRequestException)
            {
                // Nobody knows what came of it, and asking again is safe.
            }
        }

        return null;
    }
}
