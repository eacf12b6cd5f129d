using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Edge;
using WorkflowGateway.Runs;
using WorkflowGateway.Tests.Access;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Large bodies that do not come: they cost whoever sends them, and nobody else.</summary>
public sealed class LargeBodyTests(KeyedGateway keyed) : IClassFixture<KeyedGateway>
{
    private const int Many = 60;

    [Fact]
    public async Task Neither_a_key_nor_a_tenant_nor_anybody_has_all_the_turns()
    {
        using var room = new InFlight(Options.Create(new EdgeOptions { MaxLargeBodies = 8 }));
        Task Of(string tenant, string key) => EnterAsync(room, new Caller(tenant, Role.Caller, key));

        var turns = new[] { Of("a", "1"), Of("a", "1"), Of("a", "2"), Of("a", "2"), Of("b", "1"), Of("b", "1"), Of("c", "1"), EnterAsync(room, null) };
        turns.Should().OnlyContain(turn => turn.IsCompletedSuccessfully);
        var (third, ofFull, unknown) = (Of("b", "1"), Of("a", "3"), EnterAsync(room, null));
        new[] { third, ofFull, unknown }.Should().OnlyContain(turn => !turn.IsCompleted, "a key has a quarter, a tenant half, and whoever is not known an eighth of its own");
        Of("c", "1").IsCompletedSuccessfully.Should().BeTrue("nobody unknown has one of the eight");
        Of("d", "1").IsCompleted.Should().BeFalse("all are taken");

        for (var waiting = 2; waiting <= 8; waiting++) _ = Of("b", "1");
        (await Of("b", "1").Invoking(told => told).Should().ThrowAsync<RefusedException>()).Which.Code.Should().Be("rate-limited");
        for (var waiting = 2; waiting <= 4; waiting++) _ = EnterAsync(room, null);
        (await EnterAsync(room, null).Invoking(told => told).Should().ThrowAsync<RefusedException>()).Which.Code.Should().Be("gateway-unavailable");
    }

    [Fact]
    public async Task Slow_ones_of_a_key_stop_no_other_tenant()
    {
        var (other, own, held) = await HoldAsync("/v1/runs", "Authorization: Bearer " + KeyedGateway.KeyOf("a-caller"), "HTTP/1.1 429", "all");
        other.Should().Be(HttpStatusCode.Created);
        held.Should().BeTrue("they still held their turns then");
        own.Should().Be(HttpStatusCode.Created, "its turns came back");
    }

    [Fact]
    public async Task Slow_ones_of_nobody_known_stop_nobody()
    {
        var (other, own, _) = await HoldAsync("/v1/vendor-events/hooked", "X-Interactly-Signature: 00", "HTTP/1.1 503", "a-caller");
        (other, own).Should().Be((HttpStatusCode.Created, HttpStatusCode.Created));
    }

    [Fact]
    public async Task One_that_is_too_slow_is_answered_and_what_is_left_of_it_skipped()
    {
        var log = new LogLines { Least = LogLevel.Error };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(TimeProvider.System);
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async http =>
        {
            try
            {
                await http.Response.WriteAsync((await RequestBody.ReadAsync(http, TimeSpan.FromSeconds(http.Request.Path == "/slow" ? 0.2 : 60))).Length.ToString(provider: null));
            }
            catch (RefusedException refused)
            {
                await http.Response.WriteAsync(refused.Code);
            }
        });
        await app.StartAsync();

        foreach (var body in new[] { ("Content-Length: 6", "abc", "def"), ("Transfer-Encoding: chunked", "3\r\nabc\r\n", "3\r\ndef\r\n0\r\n\r\n") })
        {
            using var socket = await ConnectAsync(new Uri(app.Urls.First()).Port);
            await SendAsync(socket, $"POST /slow HTTP/1.1\r\nHost: localhost\r\n{body.Item1}\r\n\r\n{body.Item2}");
            await UntilAnsweredAsync(socket, "request-timeout");
            // Had the server failed over the rest, the connection would have ended.
            await SendAsync(socket, body.Item3 + $"POST / HTTP/1.1\r\nHost: localhost\r\n{body.Item1}\r\n\r\n{body.Item2}{body.Item3}");
            await UntilAnsweredAsync(socket, "\r\n6");
        }

        log.Mentions("").Should().BeFalse("a slow client is no error of ours");
    }

    /// <returns>What a start with a large body was answered: of another while they were held, of the key <c>a-caller</c> afterwards; and whether any was still held when the other was answered.</returns>
    private async Task<(HttpStatusCode Other, HttpStatusCode Own, bool Held)> HoldAsync(string path, string header, string told, string other)
    {
        var port = keyed.Client.BaseAddress!.Port;
        var halves = new List<(Socket Socket, Task<string> Answer)>();
        try
        {
            for (var i = 0; i < Many; i++)
            {
                var socket = await ConnectAsync(port);
                await SendAsync(socket, $"POST {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n" + new string(' ', 100_000));
                halves.Add((socket, FirstAsync(socket)));
            }

            (await await Task.WhenAny(halves.Select(half => half.Answer))).Should().StartWith(told);
            var answered = await StartAsync(other);
            var held = halves.Any(half => !half.Answer.IsCompleted);
            foreach (var (socket, _) in halves) socket.Close(0);
            HttpStatusCode own;
            // Those just left may still be counted.
            while ((own = await StartAsync("a-caller")) == HttpStatusCode.TooManyRequests) await CoreRig.PauseAsync(20);
            return (answered, own, held);
        }
        finally
        {
            foreach (var (socket, _) in halves) socket.Dispose();
        }
    }

    private async Task<HttpStatusCode> StartAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs") { Content = new StringContent(new string(' ', 100_000) + """{"workflow":"ask"}""", null, "application/json") };
        request.Headers.Authorization = new("Bearer", KeyedGateway.KeyOf(key));
        using var answer = await keyed.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static Task EnterAsync(InFlight room, Caller? caller)
    {
        var http = new DefaultHttpContext();
        if (caller is not null) http.Features.Set(caller);
        return room.EnterLargeAsync(http, CancellationToken.None).AsTask();
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text)
    {
        try
        {
            for (var rest = Encoding.ASCII.GetBytes(text).AsMemory(); rest.Length > 0; rest = rest[await socket.SendAsync(rest)..]) { }
        }
        catch (SocketException)
        {
            // It was told already, and let go.
        }
    }

    private static async Task<string> FirstAsync(Socket socket)
    {
        var buffer = new byte[64];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return "";
        }
    }

    private static async Task UntilAnsweredAsync(Socket socket, string part)
    {
        var (heard, buffer) = ("", new byte[1024]);
        while (!heard.Contains(part, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer);
            read.Should().BePositive($"the connection goes on; heard: {heard}");
            heard += Encoding.ASCII.GetString(buffer, 0, read);
        }
    }
}
