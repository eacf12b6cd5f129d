using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>Who holds a webhook, for how long, and what that does to others.</summary>
public sealed class WebhookHoldingTests
{
    [Fact]
    public async Task Disabling_a_webhook_whose_receiver_hangs_stops_no_other_and_cuts_off_what_is_under_way()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var hanging = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        Hang(hanging);
        // The other is the one that came first.
        var other = (await rig.CreateWebhookAsync(new { url = receiver.Url, statuses = new[] { "waiting" } })).Id();
        await CoreRig.UntilAsync(() => Holder(rig, other) is not null);
        var webhook = (await rig.CreateWebhookAsync(new { url = hanging.Url, statuses = new[] { "waiting" } })).Id();
        await rig.StartRunAsync("ask");
        await receiver.UntilAsync(1);
        await hanging.UntilAsync(1);
        var fence = Fence(rig, other);

        await rig.SendAsync(HttpMethod.Patch, "/v1/webhooks/" + webhook, new { enabled = false });
        await CoreRig.UntilAsync(() => Holder(rig, webhook) is null);

        await rig.StartRunAsync("ask");
        await receiver.UntilAsync(2);
        Fence(rig, other).Should().Be(fence, "nobody gave it back");
        (await rig.DeliveriesAsync(webhook)).Should().BeEmpty("its patience was over before the receiver's time was");
    }

    [Fact]
    public async Task Gone_is_written_once_and_who_enables_the_webhook_meanwhile_is_obeyed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        var (second, released, count) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        receiver.Answer = async (_, http) =>
        {
            switch (Interlocked.Increment(ref count))
            {
                case 1:
                    await second.Task;
                    http.Response.StatusCode = 410;
                    break;
                case 2:
                    second.SetResult();
                    await released.Task;
                    break;
            }
        };
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url, statuses = new[] { "waiting" } })).Id();
        for (var i = 0; i < 2; i++) await rig.StartRunAsync("ask");
        await rig.UntilWebhookAsync(webhook, now => now.Text("stateReason") == "gone");

        await rig.SendAsync(HttpMethod.Patch, "/v1/webhooks/" + webhook, new { enabled = true });
        released.SetResult();

        await rig.UntilWebhookAsync(webhook, now => now.Text("state") == "active" && now.GetProperty("lag").GetInt64() == 0);
    }

    [Fact]
    public async Task What_is_under_way_ends_with_the_lease_and_is_sent_again()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        Hang(receiver);
        var webhook = (await rig.CreateWebhookAsync(new { url = receiver.Url, statuses = new[] { "waiting" } })).Id();
        await rig.StartRunAsync("ask");
        await receiver.UntilAsync(1);
        receiver.Answer = (_, _) => Task.CompletedTask;
        using (rig.HoldLedger())
        {
            // Nothing is renewed; the other end would be waited for longer than the lease is.
            await CoreRig.UntilAsync(() => _ended > 0);
        }

        await rig.UntilWebhookAsync(webhook, now => now.GetProperty("lag").GetInt64() == 0);
        (await rig.DeliveriesAsync(webhook)).Select(one => one.Text("state")).Should().Equal(["delivered"], "what was cut off was no attempt");
        receiver.All.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_row_that_nobody_can_read_stops_no_other()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync();
        var broken = (await rig.CreateWebhookAsync(new { url = receiver.Url, enabled = false })).Id();
        rig.Execute("UPDATE webhooks SET statuses='waiting', enabled=1 WHERE id=@id", new { id = Bytes(broken) });
        await rig.CreateWebhookAsync(new { url = receiver.Url, statuses = new[] { "waiting" } });

        await rig.StartRunAsync("ask");

        await receiver.UntilAsync(1);
        rig.Log.Mentions(broken).Should().BeTrue();
    }

    private int _ended;

    private void Hang(Receiver receiver) => receiver.Answer = async (_, http) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Increment(ref _ended);
    };

    private static byte[] Bytes(string webhook) => Convert.FromHexString(webhook[3..]);

    private static long Fence(CoreRig rig, string webhook) => rig.Query<long>("SELECT fence FROM webhooks WHERE id=@id", new { id = Bytes(webhook) });

    private static string? Holder(CoreRig rig, string webhook) => rig.Query<string?>("SELECT owner FROM webhooks WHERE id=@id", new { id = Bytes(webhook) });
}
