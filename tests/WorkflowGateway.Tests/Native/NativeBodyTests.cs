using System.Net.Sockets;
using System.Text;
using WorkflowGateway.Tests.Events;

namespace WorkflowGateway.Tests.Native;

public sealed class NativeBodyTests
{
    // By a clock whose timers run sixty times as fast as they should.
    [Fact]
    public async Task A_body_that_does_not_come_is_given_up_after_a_minute_and_the_vendor_not_asked()
    {
        var gateway = new NativeGateway { Time = new QuickTime(60) };
        await gateway.InitializeAsync();
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(gateway.Url.Host, gateway.Url.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(RawHttp.Request("POST", "/v1/connections/seen/native/slow", NativeGateway.KeyOf("a"), "Content-Length: 10\r\n") + "{"));

            var (text, bytes) = ("", new byte[4096]);
            while (!text.Contains("did not come within", StringComparison.Ordinal) && await stream.ReadAsync(bytes) is > 0 and var read) text += Encoding.Latin1.GetString(bytes, 0, read);

            text.Should().StartWith("HTTP/1.1 408 ").And.Contain("did not come within 60 seconds", "the server's own rule has another text");
            gateway.Vendor.Connections.Should().Be(0);
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }
}
