using System.Text.Json;
using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Faults.Webhooks;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>
/// Every change reaches every receiver, in order within a run, whatever receivers do and however often the gateway dies. <c>tests/webhooks.sh</c> does it for
/// longer, with a kill every 20 seconds.
/// </summary>
public sealed class WebhookKillTests(ITestOutputHelper output)
{
    private static readonly int Kills = Form.Count("WFG_WEBHOOK_KILLS", 2);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(Form.Count("WFG_WEBHOOK_SECONDS", 3));

    public static TheoryData<string> Stores { get; } = [.. Store.Names];

    [Theory, MemberData(nameof(Stores))]
    public async Task Delivered_is_what_changed_whatever_receivers_do_and_however_often_the_gateway_dies(string store) =>
        (await RunAsync(store, null, Kills)).Should().OnlyContain(verdict => verdict.IsClean);

    [FullFact]
    public async Task A_gateway_that_moves_its_cursor_before_it_delivers_is_caught() =>
        (await RunAsync("sqlite", "cursor-first", 3)).Should().Contain(verdict => verdict.Missing > 0);

    private async Task<List<DeliveryVerdict>> RunAsync(string store, string? mutant, int kills)
    {
        await using var receivers = await FaultyReceivers.StartAsync();
        var replicas = store == "postgres" ? 2 : 1;
        await using var cluster = await Cluster.CreateAsync(new GatewayFolder(store: store), replicas, mutant);
        for (var i = 0; i < replicas; i++) await LaunchAsync(cluster, i, mutant);
        var ids = new Dictionary<string, string>();
        foreach (var kind in FaultyReceivers.Kinds)
            ids[kind] = (await cluster.Clients[0].PostAsync("v1/webhooks", new { url = receivers.UrlOf(kind) })).Body.GetProperty("id").GetString()!;

        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 3).Select(caller => CallAsync(cluster, caller, enough.Token)).ToList();
        for (var kill = 0; kill < kills; kill++)
        {
            var (told, next) = (receivers.Requests("good"), TimeProvider.System.GetTimestamp());
            await Until.HoldsAsync(() => TimeProvider.System.GetElapsedTime(next) > Between && receivers.Requests("good") > told, "deliveries go on");
            await cluster.Gateways[kill % replicas]!.KillAsync();
            await LaunchAsync(cluster, kill % replicas, mutant);
        }

        await enough.CancelAsync();
        await Task.WhenAll(callers);
        var log = await LogAsync(cluster);
        // While the others still hang and fail: they are nothing to these.
        await Until.HoldsAsync(() => DoneAsync(cluster, ids["good"]), "the good receiver has everything", 120);
        if (mutant is null) DeliveryVerdict.Of("good", await LogAsync(cluster), receivers.Accepted("good")).Missing.Should().Be(0, "whatever others do");
        foreach (var kind in FaultyReceivers.Kinds.Skip(3)) receivers.Accepted(kind).Should().BeEmpty(kind);

        receivers.BeGood();
        foreach (var id in ids.Values) (await cluster.Clients[0].PatchAsync("v1/webhooks/" + id, new { enabled = true })).Ok.Should().BeTrue();
        foreach (var (kind, id) in ids) await Until.HoldsAsync(async () => await DoneAsync(cluster, id), $"{kind} has everything", 120);
        log = await LogAsync(cluster);
        var verdicts = FaultyReceivers.Kinds.Select(kind => DeliveryVerdict.Of(kind, log, receivers.Accepted(kind))).ToList();
        foreach (var verdict in verdicts) Form.Say(output, $"{store}{(mutant is null ? "" : ", " + mutant)}, {kills} kills: {verdict}");
        return verdicts;
    }

    private static Task LaunchAsync(Cluster cluster, int replica, string? mutant) => cluster.LaunchAsync(replica, mutant, ("Webhooks__Timeout", "2s"));

    // Runs that end at once, and runs with several changes; who is cut off asks again.
    private static async Task CallAsync(Cluster cluster, int caller, CancellationToken enough)
    {
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            try
            {
                var client = cluster.Clients[i % cluster.Clients.Count];
                var run = await client.StartAsync(i % 2 == 0 ? "juo-asks" : "juo", $"{caller}-{i}");
                if (run.RunStatus == "waiting") await client.CommandAsync(run.RunId!, "respond", new { interactionId = run.Body.GetProperty("interactions")[0].GetProperty("id").GetString(), type = "accept" }, $"{caller}-{i}-answer");
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException)
            {
                // The gateway died.
            }

            // As much as the slow receiver can take.
            await Task.Delay(TimeSpan.FromMilliseconds(Form.IsFull ? 150 : 30), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task<List<JsonElement>> LogAsync(Cluster cluster)
    {
        List<JsonElement> log = [];
        // Until nothing changes any more: what was cut off is still being read.
        await Until.HoldsAsync(async () =>
        {
            var before = log.Count;
            log = await cluster.Clients[0].ListEventsAsync();
            return before > 0 && before == log.Count;
        }, "the log is at its end");
        return log;
    }

    private static async Task<bool> DoneAsync(Cluster cluster, string id)
    {
        var webhook = (await cluster.Clients[0].GetAsync("v1/webhooks/" + id)).Body;
        return webhook.GetProperty("lag").GetInt64() == 0 && webhook.GetProperty("failing").GetInt64() == 0;
    }
}
