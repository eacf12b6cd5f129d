using System.Text.Json;
using WorkflowGateway.Testing;
using WorkflowGateway.Tests.Sync;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>A webhook that goes on at another replica.</summary>
public sealed class WebhookTakeoverTests
{
    [Fact]
    public async Task Who_takes_a_webhook_over_and_does_not_know_the_newest_events_yet_delivers_what_failed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await ReplicaRig.StartAsync(1, "", poll: "1h");
        receiver.AnswerWith(500);
        var webhook = (await rig.SendAsync(0, HttpMethod.Post, "/v1/webhooks", new { url = receiver.Url })).Text("id")!;
        await rig.AddAsync();
        // From now on it has some events in memory, and nobody waits there for more.
        await rig.SendAsync(1, HttpMethod.Get, "/v1/events", prefer: "wait=1");
        await rig.StartRunAsync(0);
        await receiver.UntilAsync(1);
        for (var i = 0; i < 600 && (await WebhookAsync()).GetProperty("failing").GetInt64() == 0; i++) await CoreRig.PauseAsync(50);
        await rig.SendAsync(0, HttpMethod.Patch, "/v1/webhooks/" + webhook, new { enabled = false });
        receiver.AnswerWith(200);
        var failed = receiver.All.Count;

        await rig.StopAsync(0);
        await rig.SendAsync(0, HttpMethod.Patch, "/v1/webhooks/" + webhook, new { enabled = true });

        var log = (await rig.SendAsync(0, HttpMethod.Get, "/v1/events")).GetProperty("events").EnumerateArray().Select(e => e.Text("id")!).ToList();
        await receiver.UntilAsync(failed + log.Count);
        receiver.All.Skip(failed).Select(one => one.Id).Should().Equal(log);

        Task<JsonElement> WebhookAsync() => rig.SendAsync(0, HttpMethod.Get, "/v1/webhooks/" + webhook);
    }
}
