using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

/// <summary>What the simulated Interactly sends by itself.</summary>
public sealed class WebhookTests : IDisposable
{
    private const string Secret = "whsec_1";
    private readonly HttpListener _receiver = new();
    private readonly ConcurrentQueue<(string Kind, string EventId, JsonElement Body)> _received = new();
    private readonly Uri _address;
    private int _refuse;

    public WebhookTests()
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/hook/");
        }

        _receiver.Prefixes.Add(_address.AbsoluteUri);
        _receiver.Start();
        _ = ReceiveAsync();
    }

    [Fact]
    public async Task Start_and_end_of_a_run_are_told_signed_and_in_order_and_what_was_before_is_no_news()
    {
        await using var rig = await SandboxRig.StartAsync();
        await StartAsync(rig, Scenarios.Interactly.AtOnce);
        rig.Server.Controls.Webhook = new Webhook { Url = _address, Secret = Secret };
        var run = await StartAsync(rig, Scenarios.Interactly.Queued);
        await UntilAsync(1);
        rig.Advance(1);
        rig.Advance(1);
        await UntilAsync(2);
        var atOnce = await StartAsync(rig, Scenarios.Interactly.AtOnce);
        await UntilAsync(4);

        _received.Select(one => (one.Kind, one.Body.GetProperty("workflow_run_id").GetString(), one.Body.GetProperty("workflow_run_status").GetString())).Should().Equal(
            ("workflow_run_started", run, "not_started"), ("workflow_run_completed", run, "completed"),
            ("workflow_run_started", atOnce, "completed"), ("workflow_run_completed", atOnce, "completed"));
        _received.Select(one => one.EventId).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task What_is_refused_is_sent_again_with_the_same_id()
    {
        await using var rig = await SandboxRig.StartAsync();
        _refuse = 2;
        rig.Server.Controls.Webhook = new Webhook { Url = _address, Secret = Secret, RetrySeconds = 0.01 };
        var run = await StartAsync(rig, Scenarios.Interactly.NeverEnding);
        await UntilAsync(1);

        rig.Server.Controls.Deliveries.Select(one => (one.VendorRunId, one.Action, one.Status)).Should().Equal(
            (run, "workflow_run_started", 503), (run, "workflow_run_started", 503), (run, "workflow_run_started", 204));
        rig.Server.Controls.Deliveries.Select(one => one.EventId).Distinct().Should().Equal(_received.Single().EventId);
    }

    [Fact]
    public async Task Copies_order_and_status_go_wrong_when_told_to()
    {
        await using var rig = await SandboxRig.StartAsync();
        (await rig.ControlAsync(HttpMethod.Put, "webhook", $$"""{"url":"{{_address}}","secret":"{{Secret}}","duplicates":1,"shuffled":true,"status":"failed"}""")).Status.Should().Be(HttpStatusCode.NoContent);
        await StartAsync(rig, Scenarios.Interactly.AtOnce);
        await UntilAsync(4);

        _received.Select(one => one.Kind).Should().Equal("workflow_run_completed", "workflow_run_completed", "workflow_run_started", "workflow_run_started");
        _received.Should().OnlyContain(one => one.Body.GetProperty("workflow_run_status").GetString() == "failed");
        var shown = await rig.ControlAsync(HttpMethod.Get, "webhook");
        shown.Text.Should().NotContain(Secret);
        shown.Ok.GetProperty("deliveries").GetArrayLength().Should().Be(4);
        (await rig.ControlAsync(HttpMethod.Delete, "webhook")).Status.Should().Be(HttpStatusCode.NoContent);
        rig.Server.Controls.Webhook.Should().BeNull();
    }

    [Theory]
    [InlineData("""{"url":"/hook","secret":"s"}""", "url must be")]
    [InlineData("""{"url":"ftp://x/","secret":"s"}""", "url must be")]
    [InlineData("""{"url":"http://x/","secret":""}""", "secret is needed")]
    [InlineData("""{"url":"http://x/","secret":"s","duplicates":-1}""", "out of range")]
    public async Task A_target_that_cannot_be_is_refused(string target, string error)
    {
        await using var rig = await SandboxRig.StartAsync();
        var refused = await rig.ControlAsync(HttpMethod.Put, "webhook", target);
        (refused.Status, refused.Text.Contains(error, StringComparison.Ordinal)).Should().Be((HttpStatusCode.BadRequest, true), refused.Text);
    }

    public void Dispose() => _receiver.Close();

    private static async Task<string> StartAsync(SandboxRig rig, string workflow) =>
        (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart(workflow))).Ok.GetProperty("workflow_run").GetProperty("_id").GetString()!;

    private async Task UntilAsync(int count)
    {
        for (var i = 0; i < 600 && _received.Count < count; i++) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        _received.Should().HaveCount(count);
    }

    private async Task ReceiveAsync()
    {
        while (_receiver.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _receiver.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var good = context.Request.Headers["X-Interactly-Signature"] == Convert.ToHexStringLower(HMACSHA256.HashData("whsec_1"u8, body.ToArray()))
                && long.TryParse(context.Request.Headers["X-Interactly-Timestamp"], out _);
            var refused = !good || _refuse-- > 0;
            var told = JsonElement.Parse(body.ToArray());
            if (!refused) _received.Enqueue((told.GetProperty("action").GetString()!, told.GetProperty("event_id").GetString()!, told));
            context.Response.StatusCode = refused ? 503 : 204;
            context.Response.Close();
        }
    }
}
