using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WorkflowGateway.Edge;
using WorkflowGateway.Runs;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Edge;

/// <summary>More at once than there is room for.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task Who_comes_too_many_is_told_at_once_and_health_and_watchers_have_room_of_their_own()
    {
        await using var small = new SmallGateway();
        await small.StartAsync(("Edge:MaxRequests", "2"), ("Edge:MaxWaiting", "1"));
        small.Sandbox.Controls.Add(new Fault { Operation = "start", Kind = "hang" });
        using var client = small.Client();
        using var gone = new CancellationTokenSource();
        var held = Enumerable.Range(0, 2).Select(_ => HoldAsync(client, gone.Token)).ToList();
        await Until(() => Task.FromResult(small.Sandbox.ReadLedger(operation: "start").Count == 2));

        using var refused = await client.GetAsync(new Uri("/v1/workflows", UriKind.Relative));
        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero);
        JsonElement.Parse(await refused.Content.ReadAsStringAsync()).GetProperty("code").GetString().Should().Be("gateway-unavailable");
        (await StatusAsync(client, "/v1/workflows", "respond-async")).Should().Be(503, "that is no wait");
        (await StatusAsync(client, "/health/ready")).Should().Be(200);
        (await StatusAsync(client, "/v1/workflows", "wait=1")).Should().Be(200);
        // The read before it was answered a moment before it gave its place back.
        HttpResponseMessage watch = null!;
        await Until(async () => (watch = await WatchAsync(client)).IsSuccessStatusCode);
        using var second = await WatchAsync(client);
        second.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);

        watch.Dispose();
        await gone.CancelAsync();
        foreach (var one in held) await one.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        await Until(async () => await StatusAsync(client, "/v1/workflows") == 200);
        small.Sandbox.ReadLedger(operation: "start").Should().HaveCount(2);
    }

    [Fact]
    public async Task Large_bodies_take_turns_and_small_ones_pass_them()
    {
        const int Many = 12, Turns = 5;
        await using var small = new SmallGateway();
        await small.StartAsync(("Edge:MaxLargeBodies", "1"));
        using var client = small.Client();
        foreach (var ends in new[] { true, false })
        {
            var halves = new List<(Socket Socket, Task<string> Answer)>();
            for (var i = 0; i < Many; i++) halves.Add(await HalfAsync(small.Port));
            try
            {
                // Whoever came first is read, four wait for their turn, the others are told; the rest of nobody's body came yet.
                await Until(() => Task.FromResult(halves.Count(half => half.Answer.IsCompleted) >= Many - Turns));
                foreach (var told in halves.Where(half => half.Answer.IsCompleted)) (await told.Answer).Should().StartWith("HTTP/1.1 503");
                using (var few = await client.PostAsync(new Uri("/v1/runs", UriKind.Relative), Start())) few.StatusCode.Should().Be(HttpStatusCode.Created);
                var turns = halves.Where(half => !half.Answer.IsCompleted).ToList();
                turns.Should().HaveCount(Turns);

                if (ends) foreach (var (socket, _) in turns) await socket.SendAsync(Rest);
                foreach (var (socket, answer) in turns)
                    if (ends) (await answer).Should().StartWith("HTTP/1.1 201");
                    else socket.Close(0);
            }
            finally
            {
                foreach (var (socket, _) in halves) socket.Dispose();
            }

            // However they ended, all places are there again. Those just left may still be counted.
            await Until(async () =>
            {
                using var large = await client.PostAsync(new Uri("/v1/runs", UriKind.Relative), Start(200_000));
                return large.StatusCode == HttpStatusCode.Created;
            });
        }

        small.Sandbox.ReadLedger(operation: "start").Should().HaveCount(2 + Turns + 2);
    }

    [Fact]
    public async Task After_the_signal_to_stop_it_says_so_and_serves_on_for_as_long_as_it_was_told()
    {
        await using var small = new SmallGateway();
        await small.StartAsync(("Edge:StopDelay", "1m"));
        small.App.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.Should().BeGreaterThan(TimeSpan.FromSeconds(90), "what is under way has its time after the delay");
        using var client = small.Client();
        using var enough = new CancellationTokenSource();
        var watching = WatchAsync(client);
        using var watch = await watching;

        // As the signal does it.
        small.App.Lifetime.StopApplication();
        var stop = small.App.StopAsync(enough.Token);

        (await StatusAsync(client, "/health/live")).Should().Be(200);
        (await StatusAsync(client, "/health/ready")).Should().Be(503);
        using var served = await client.GetAsync(new Uri("/v1/workflows", UriKind.Relative));
        (served.StatusCode, served.Headers.ConnectionClose).Should().Be((HttpStatusCode.OK, true));
        using var started = await client.PostAsync(new Uri("/v1/runs", UriKind.Relative), Start());
        started.StatusCode.Should().Be(HttpStatusCode.Created);
        stop.IsCompleted.Should().BeFalse();

        // Who waits, waits on: answered at once he would come again at once, and to here, for as long as the balancer knows no better.
        RunId.TryParse(JsonElement.Parse(await started.Content.ReadAsStringAsync()).GetProperty("id").GetString(), out var id).Should().BeTrue();
        var poll = PollAsync(client, started);
        await Until(() => Task.FromResult(poll.IsCompleted || small.App.Services.GetRequiredService<RunWatch>().IsWatched(id)));
        poll.IsCompleted.Should().BeFalse();
        using var later = await WatchAsync(client);
        later.StatusCode.Should().Be(HttpStatusCode.OK);
        var heard = later.Content.ReadAsStringAsync();

        // The delay is over, as if its minute had passed; the listeners close after it.
        await small.App.Services.GetRequiredService<StopDelay>().StoppingAsync(new CancellationToken(canceled: true));
        (await watch.Content.ReadAsStringAsync()).Should().Contain("run.changed", "it was told of what came after the signal, and ended well");
        await heard;
        using (var answer = await poll) answer.StatusCode.Should().Be(HttpStatusCode.NotModified);
        await enough.CancelAsync();
        try
        {
            await stop;
        }
        catch (OperationCanceledException)
        {
            // It was told that there is no time left.
        }

        await client.Invoking(gone => gone.GetAsync(new Uri("/health/live", UriKind.Relative))).Should().ThrowAsync<HttpRequestException>();
    }

    private static readonly byte[] Rest = """{"workflow":"ask"}"""u8.ToArray();

    private static StringContent Start(int blanks = 0) => new(new string(' ', blanks) + """{"workflow":"ask"}""", null, "application/json");

    // Its caller waits for as long as the vendor hangs, not for the ten seconds after which a start is answered anyway.
    private static async Task<HttpResponseMessage> HoldAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs") { Content = Start(), Headers = { { "Prefer", "wait=60" } } };
        return await client.SendAsync(request, cancellationToken);
    }

    private static async Task<(Socket Socket, Task<string> Answer)> HalfAsync(int port)
    {
        const int Blanks = 100_000;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Blanks + Rest.Length}\r\n\r\n"));
        for (var sent = 0; sent < Blanks;) sent += await socket.SendAsync(Encoding.ASCII.GetBytes(new string(' ', Blanks - sent)));
        return (socket, AnswerAsync(socket));
    }

    /// <returns>The beginning of what is answered; empty where the connection ends without.</returns>
    private static async Task<string> AnswerAsync(Socket socket)
    {
        var buffer = new byte[64];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }
        catch (SocketException)
        {
            return "";
        }
        catch (ObjectDisposedException)
        {
            return "";
        }
    }

    private static async Task<int> StatusAsync(HttpClient client, string path, string? prefer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> PollAsync(HttpClient client, HttpResponseMessage run)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, run.Headers.Location) { Headers = { { "Prefer", "wait=60" } } };
        request.Headers.IfNoneMatch.Add(run.Headers.ETag!);
        return await client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> WatchAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add("Accept", "text/event-stream");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }
}
