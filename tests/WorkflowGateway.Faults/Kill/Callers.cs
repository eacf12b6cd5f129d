using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Kill;

/// <summary>Start runs at all vendors, over and over, and ask again with the same key until they are told a run, however often the gateway dies meanwhile.</summary>
internal sealed class Callers(IReadOnlyList<GatewayClient> gateways, History history, KillPlan plan)
{
    public static readonly string[] Workflows = ["juo", "interactly", "fortanix"];

    // Generous: only a gateway that never answers again takes this long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, plan.Callers).Select(caller => Task.Run(() => CallAsync(caller, stop), CancellationToken.None)));

    public static string WorkflowOf(string key) => Workflows[key[^1] - '0'];

    private async Task CallAsync(int caller, CancellationToken stop)
    {
        var random = new Random(plan.Seed + caller);
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            await SettleAsync($"k-{caller}-{n}-{(caller + n) % Workflows.Length}", random);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5)), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task SettleAsync(string key, Random random)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var first = true; ; first = false)
        {
            history.Invoked();
            var sent = TimeProvider.System.GetTimestamp();
            // Who asks again wants to know whether its run is there, and does not wait for it: another replica might be sending it, for all that this one knows.
            var attempt = await gateways[random.Next(gateways.Count)].TryAsync(key, first ? null : "respond-async");
            history.Told(attempt, TimeProvider.System.GetElapsedTime(sent), first);
            var reply = attempt.Reply;
            if (attempt.IsAcknowledged()) return;
            if (reply is { Ok: false, Retryable: false } && (int)reply.Status < 500) throw new InvalidOperationException($"{key} was refused: {reply.Body}");
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new TimeoutException($"{key} was never answered.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }
}
