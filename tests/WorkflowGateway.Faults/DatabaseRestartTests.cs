using System.Net;
using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>PostgreSQL is killed and comes back under load, again and again. <c>tests/pgrestart.sh</c> runs the full form.</summary>
public sealed class DatabaseRestartTests(ITestOutputHelper output)
{
    private const int Replicas = 3;
    private static readonly int Restarts = Form.Count("WFG_PGRESTARTS", 6);

    [Fact]
    public async Task A_database_that_dies_under_load_costs_503_and_nothing_else()
    {
        var history = new History();
        await using var cluster = await Cluster.StartAsync(new GatewayFolder(Aftermath.Timeout, "postgres"), Replicas);
        using var stop = new CancellationTokenSource();
        var load = new Callers(cluster.Clients, history, new KillPlan { Cycles = 0, Seed = 1 }).RunAsync(stop.Token);
        var took = new List<double>();
        try
        {
            for (var i = 1; i <= Restarts; i++)
            {
                await AnswersAsync(load, history, cluster);
                ((PostgresStore)cluster.Folder.Store).RestartImmediately();
                var back = TimeProvider.System.GetTimestamp();
                await AnswersAsync(load, history, cluster);
                took.Add(TimeProvider.System.GetElapsedTime(back).TotalSeconds);
                Form.Say(output, $"restart {i,2}: ten starts answered {took[^1]:0.0} s after it was back; {history.Attempts.Count} attempts");
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        await load;
        foreach (var gateway in cluster.Gateways) gateway!.HasEnded.Should().BeFalse("a gateway outlives its database: {0}", gateway.Errors);
        var refusals = history.Attempts.Where(attempt => attempt.Reply is { Ok: false }).ToList();
        var verdict = await cluster.JudgeAsync(history);
        Form.Say(output, $"{Restarts} restarts: {verdict.Summary}; {refusals.Count} times 503; back after {took.Average():0.0} s on average, {took.Max():0.0} s at most");
        refusals.Should().OnlyContain(attempt => attempt.Reply!.Status == HttpStatusCode.ServiceUnavailable, "{0}", refusals.FirstOrDefault(attempt => attempt.Reply!.Status != HttpStatusCode.ServiceUnavailable)?.Reply);
        verdict.IsClean.Should().BeTrue("{0}", verdict);
        history.Attempts.Should().NotContain(attempt => attempt.Reply == null, "the gateways live on and answer");
    }

    // Ten that were asked from now on: with six callers some of the first still hold what they began before.
    private static async Task AnswersAsync(Task load, History history, Cluster cluster)
    {
        history.Restarted();
        try
        {
            await Until.HoldsAsync(() => load.IsCompleted || history.Answered >= 10, "the gateways answer", 120);
        }
        catch (TimeoutException exception)
        {
            throw new InvalidOperationException($"{history.Answered} answered; the last: {string.Join(" | ", history.Attempts.Reverse().Take(3))}. {string.Concat(cluster.Gateways.Select((gateway, i) => $"\n{i}: {(gateway!.HasEnded ? "ended" : "runs")} {gateway.Output}{gateway.Errors}"))}", exception);
        }

        if (load.IsCompleted) await load;
    }
}
