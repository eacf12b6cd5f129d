using System.Net;
using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>Many replicas on one PostgreSQL are one gateway. <c>tests/replicas.sh</c> runs the full form.</summary>
public sealed class SameKeyTests(ITestOutputHelper output)
{
    private const int Replicas = 3, CallersOfAKey = 8;
    private static readonly int Keys = Form.Count("WFG_REPLICA_KEYS", 50);

    [Fact]
    public async Task Eight_callers_of_a_key_at_three_replicas_start_one_run()
    {
        var told = await AskAsync(null);
        told.Should().Be((Keys, Keys), "each key makes one run at one vendor");
    }

    [FullFact]
    public async Task A_gateway_whose_keys_do_not_decide_is_caught()
    {
        var (runs, starts) = await AskAsync("keys-not-claimed");
        Form.Say(output, $"keys-not-claimed: {runs} runs and {starts} starts for {Keys} keys");
        (runs > Keys && starts > Keys).Should().BeTrue();
    }

    private async Task<(int Runs, int Starts)> AskAsync(string? mutant)
    {
        await using var cluster = await Cluster.StartAsync(new GatewayFolder("30s", "postgres"), Replicas, mutant);
        // As many keys at once as a connection lets in, else every other answer would say that it is at its limit.
        using var turn = new SemaphoreSlim(16);
        var replies = (await Task.WhenAll(Enumerable.Range(0, Keys).Select(async n =>
        {
            await turn.WaitAsync();
            try
            {
                return await AskAsync(cluster, $"k-0-{n}-{n % 3}");
            }
            finally
            {
                turn.Release();
            }
        }))).SelectMany(all => all).ToList();
        if (mutant is null) replies.Should().OnlyContain(reply => reply.Ok, "{0}", replies.FirstOrDefault(reply => !reply.Ok));
        replies.Should().HaveCount(Keys * CallersOfAKey);
        var runs = replies.Where(reply => reply.Ok).Select(reply => reply.RunId).Distinct().Count();
        var starts = cluster.Starts.Count(start => start.Processed);
        Form.Say(output, $"{replies.Count} requests, {runs} run ids, {starts} starts at the vendors, {replies.Count(reply => reply.Replayed)} answered as replays");
        if (mutant is null) cluster.Starts.GroupBy(Checker.RunOf).Should().OnlyContain(starts => starts.Count() == 1);
        return (runs, starts);
    }

    // Where the replica is full the caller asks again, as it is told to.
    private static async Task<Reply[]> AskAsync(Cluster cluster, string key)
    {
        using var barrier = new Barrier(CallersOfAKey);
        return await Task.WhenAll(Enumerable.Range(0, CallersOfAKey).Select(caller => Task.Factory.StartNew(
            async () =>
            {
                barrier.SignalAndWait();
                while (true)
                {
                    var reply = await cluster.Clients[caller % Replicas].StartAsync(Callers.WorkflowOf(key), key);
                    if (reply.Status != HttpStatusCode.TooManyRequests) return reply;
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
    }
}
