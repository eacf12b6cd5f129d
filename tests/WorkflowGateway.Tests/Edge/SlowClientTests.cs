using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Clients that send or read next to nothing. The full form is tests/slow.sh, by slowhttptest.</summary>
public sealed class SlowClientTests
{
    private const int Each = 120;

    [Fact]
    public async Task Slow_clients_take_nothing_from_a_normal_one_and_what_they_did_not_finish_reaches_no_vendor()
    {
        await using var small = new SmallGateway();
        await small.StartAsync();
        var slow = new List<Socket>();
        try
        {
            for (var i = 0; i < Each; i++)
            {
                slow.Add(await SendAsync(small.Port, "GET /v1/runs HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
                slow.Add(await SendAsync(small.Port, "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"workflow\":\"ask\",\"input\":{\"marker\":\"slow\"}}"));
                slow.Add(await SendAsync(small.Port, "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2d\r\n{\"workflow\":\"ask\",\"input\":{\"marker\":\"slow\"}}\r\n"));
                slow.Add(await SendAsync(small.Port, string.Concat(Enumerable.Repeat("GET /problems HTTP/1.1\r\nHost: localhost\r\n\r\n", 50)), window: 1024));
            }

            using var client = small.Client();
            for (var i = 0; i < 40; i++)
            {
                using var start = await client.PostAsync(new Uri("/v1/runs", UriKind.Relative), new StringContent("""{"workflow":"ask","input":{"marker":"normal"}}""", null, "application/json"));
                start.StatusCode.Should().Be(HttpStatusCode.Created);
                using var read = await client.GetAsync(start.Headers.Location);
                read.StatusCode.Should().Be(HttpStatusCode.OK);
                // Half of them end in the middle of what they were sending.
                for (var j = 0; j < 6; j++) slow[(12 * i) + (2 * j)].Close(0);
            }
        }
        finally
        {
            foreach (var socket in slow) socket.Dispose();
        }

        small.Sandbox.ReadLedger(operation: "start").Should().HaveCount(40).And.OnlyContain(start => start.Body!.Contains("normal"));
    }

    [Theory]
    [InlineData("RequestHeadersTimeout", "GET /v1/runs HTTP/1.1\r\nHost: loc", 408)]
    [InlineData("KeepAliveTimeout", "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", 200)]
    public async Task Who_says_nothing_more_is_let_go(string limit, string bytes, int status)
    {
        await using var small = new SmallGateway();
        await small.StartAsync(("Kestrel:Limits:" + limit, "00:00:01"));

        // Null would say that it was still open in the end.
        RawClient.Statuses((await RawClient.AskAsync(small.Port, bytes))!).Should().Equal(status);
    }

    private static async Task<Socket> SendAsync(int port, string bytes, int? window = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (window is { } size) socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(bytes));
        return socket;
    }
}
