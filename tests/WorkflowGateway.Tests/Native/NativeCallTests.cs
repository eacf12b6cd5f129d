using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Tests.Native;

/// <summary>What goes to the vendor: once, whole, within the limits of the connection, and noted.</summary>
public sealed class NativeCallTests(NativeGateway gateway) : IClassFixture<NativeGateway>
{
    private const string Native = "/v1/connections/seen/native";

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task A_request_without_a_body_is_sent_once_also_when_the_vendor_hangs_up(string method)
    {
        // The connection was good for a call before, so that the handler would think it merely old.
        for (var i = 0; i < 3; i++) await gateway.SendAsync("GET", "/v1/connections/patient/native/warm");
        await using var vendor = gateway.Answering((_, _) => throw new IOException("hung up"));

        var answer = await gateway.SendAsync(method, $"/v1/connections/patient/native/once-{method}");

        (answer.Status, JsonElement.Parse(answer.Body).GetProperty("code").GetString()).Should().Be((504, "vendor-unconfirmed"));
        JsonElement.Parse(answer.Body).GetProperty("retryable").GetBoolean().Should().BeFalse();
        var seen = gateway.Vendor.Seen.Should().ContainSingle(request => request.Target == $"/patient/once-{method}").Which;
        seen.Headers.Should().ContainSingle(header => header.Name == "Content-Length").Which.Value.Should().Be("0");
    }

    [Fact]
    public async Task What_a_caller_frames_in_chunks_reaches_the_vendor_with_its_length()
    {
        const string Headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: X-Tenant-ID\r\n";
        const string Chunks = "2;x=y\r\n{\"\r\n5\r\na\":1}\r\n0\r\nX-Tenant-ID: x\r\n\r\n";

        var answer = await RawHttp.SendAsync(gateway.Url, RawHttp.Request("POST", Native + "/framed", NativeGateway.KeyOf("a"), Headers) + Chunks);

        answer.Status.Should().Be(200, answer.Body);
        var seen = gateway.Vendor.Seen.Last(request => request.Target == "/base/v2/framed");
        Encoding.ASCII.GetString(seen.Body).Should().Be("{\"a\":1}");
        seen.Headers.Select(header => header.Name).Should().NotContain(["Transfer-Encoding", "Trailer", "X-Tenant-ID"]);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_belongs_to_a_read_reaches_no_vendor()
    {
        var before = gateway.Vendor.Seen.Count;

        (await gateway.SendAsync("POST", Native + "/large", body: new string('a', (1024 * 1024) + 1))).Status.Should().Be(413);
        (await gateway.SendAsync("GET", Native + "/read", body: "{}")).Status.Should().Be(400);

        gateway.Vendor.Seen.Should().HaveCount(before);
    }

    [Fact]
    public async Task The_deadline_of_the_connection_holds_and_counts_and_a_broken_circuit_lets_nothing_through()
    {
        var never = new TaskCompletionSource();
        await using var vendor = gateway.Answering((_, _) => never.Task);
        var connection = gateway.Connection("hasty");
        for (var i = 0; i < 5; i++)
        {
            var answer = await gateway.SendAsync(i % 2 == 0 ? "GET" : "POST", "/v1/connections/hasty/native/late");
            JsonElement.Parse(answer.Body).GetProperty("code").GetString().Should().Be(i % 2 == 0 ? "vendor-unavailable" : "vendor-unconfirmed");
        }

        connection.Health.Failures.Should().Be(5);
        connection.Circuit.Closed.Should().BeFalse();
        var before = gateway.Vendor.Seen.Count;
        (await gateway.SendAsync("GET", "/v1/connections/hasty/native/late")).Status.Should().Be(503);
        gateway.Vendor.Seen.Should().HaveCount(before);
        never.SetException(new IOException("the end of the test"));
    }

    [Fact]
    public async Task A_vendor_that_asks_to_be_left_alone_is()
    {
        await using var vendor = gateway.Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok("slow down", "429 Too Many", "Retry-After: 600\r\n")).AsTask());

        var theirs = await gateway.SendAsync("GET", "/v1/connections/resting/native/first");
        var ours = await gateway.SendAsync("GET", "/v1/connections/resting/native/second");

        (theirs.Status, theirs.Body, theirs.Header("Retry-After"), theirs.Header("Gateway-Native")).Should().Be((429, "slow down", "600", "vendor"));
        (ours.Status, JsonElement.Parse(ours.Body).GetProperty("code").GetString(), ours.Header("Gateway-Native")).Should().Be((429, "rate-limited", null));
        gateway.Vendor.Seen.Should().NotContain(request => request.Target == "/resting/second");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    public async Task A_caller_that_leaves_hangs_up_a_read_and_nothing_that_may_change_something(string method)
    {
        var (connection, seen, more, hungUp) = (gateway.Connection("left"), new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource<bool>());
        var before = connection.Health.Calls;
        await using var vendor = gateway.Answering(async (_, stream) =>
        {
            seen.SetResult();
            // Nothing more is sent over it, so that a read ends when it does.
            var end = stream.ReadAsync(new byte[1]).AsTask();
            hungUp.SetResult(await Task.WhenAny(end, more.Task) == end);
            await stream.WriteAsync(RecordingVendor.Ok("{}"));
            await end;
        });
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(gateway.Url.Host, gateway.Url.Port);
            var request = RawHttp.Request(method, "/v1/connections/left/native/" + method, NativeGateway.KeyOf("a"));
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            await seen.Task;
            connection.Limits.InFlight.Should().Be(1);
            client.Client.LingerState = new LingerOption(true, 0);
        }

        if (method == "GET")
        {
            (await hungUp.Task).Should().BeTrue();
            return;
        }

        // What would hang it up has long happened once another request has come and gone.
        await gateway.SendAsync("GET", "/v1/connections/none/native/");
        more.SetResult();
        (await hungUp.Task).Should().BeFalse();
        for (var i = 0; i < 600 && connection.Health.Calls == before; i++) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        connection.Health.Calls.Should().Be(before + 1);
        connection.Health.LastSuccessAt.Should().BeAfter(connection.Health.LastFailureAt ?? default);
    }

    [Fact]
    public async Task Who_changes_something_is_noted_before_it_is_sent_whatever_the_query_says()
    {
        var atVendor = new List<string?>();
        using var http = gateway.Client();
        await using var vendor = gateway.Answering(async (request, stream) =>
        {
            if (request.Line.StartsWith("PUT", StringComparison.Ordinal)) atVendor = await OutcomesAsync();
            await stream.WriteAsync(RecordingVendor.Ok("{}"));
        });

        (await gateway.SendAsync("PUT", Native + "/noted?validateOnly=true&secret=in-the-query", body: "secret-in-the-body")).Status.Should().Be(200);
        await gateway.SendAsync("GET", Native + "/noted");

        atVendor.Should().Equal("sending");
        List<string?> after = [];
        for (var i = 0; i < 600 && after.Count < 2; i++)
        {
            after = await OutcomesAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        after.Should().Equal("200", "sending");
        (await http.GetStringAsync(new Uri("/v1/audit?actor=a&pageSize=500", UriKind.Relative))).Should().NotContain("secret").And.NotContain("noted");

        async Task<List<string?>> OutcomesAsync()
        {
            var page = JsonElement.Parse(await http.GetStringAsync(new Uri("/v1/audit?action=putNative&target=seen", UriKind.Relative)));
            return [.. page.GetProperty("audit").EnumerateArray().Select(row => row.GetProperty("outcome").GetString())];
        }
    }
}
