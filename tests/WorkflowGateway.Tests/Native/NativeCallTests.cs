using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Tests.Native;

/// <summary>What goes over the wire: once, byte for byte, as it comes, within the limits of the connection.</summary>
public sealed class NativeCallTests(NativeGateway gateway) : IClassFixture<NativeGateway>
{
    private const string Native = "/v1/connections/seen/native";

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(299)]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Status_and_body_are_the_vendors(int status)
    {
        // Compressed, and no gzip after all: nobody on the way may have looked.
        var body = status == 304 ? "" : "\u001f\u008b\u0000\u00ff not gzip \r\n\u0080";
        await using var vendor = Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok(body, $"{status} As It Likes", "Content-Encoding: gzip\r\nETag: W/\"x\"\r\nX-Request-Id: 1\r\n")).AsTask());

        var answer = await gateway.SendAsync("GET", $"/v1/connections/{Rested(status)}/native/{status}");

        (answer.Status, answer.Body).Should().Be((status, body));
        answer.Head.Should().StartWith($"HTTP/1.1 {status} As It Likes");
        (answer.Header("Gateway-Native"), answer.Header("ETag"), answer.Header("X-Request-Id")).Should().Be(("vendor", "W/\"x\"", "1"));
        answer.Header("Content-Encoding").Should().Be("gzip");
    }

    [Fact]
    public async Task A_compressed_body_stays_compressed()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.ASCII.GetBytes(new string('a', 10_000)));
        var bytes = Encoding.Latin1.GetString(packed.ToArray());
        await using var vendor = Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok(bytes, headers: "Content-Encoding: gzip\r\n")).AsTask());

        (await gateway.SendAsync("GET", Native + "/packed")).Body.Should().Be(bytes);
    }

    [Fact]
    public async Task Headers_that_speak_for_the_gateway_stay_with_the_vendor()
    {
        const string Theirs = "Set-Cookie: a=b\r\nWWW-Authenticate: Basic\r\nServer: vendor\r\nAccess-Control-Allow-Origin: *\r\nX-Accel-Redirect: /etc/passwd\r\nGateway-Native: gateway\r\n" +
            "Gateway-Revision: x\r\nRateLimit: x\r\nContent-Security-Policy: default-src *\r\nStrict-Transport-Security: max-age=1\r\nClear-Site-Data: \"*\"\r\nCache-Control: public\r\nLink: <x>; rel=next\r\nLocation: caf\u00e9\r\n";
        await using var vendor = Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok("{}", "401 No", Theirs)).AsTask());

        var answer = await gateway.SendAsync("GET", Native + "/headers");

        answer.Head.Split("\r\n").Skip(1).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]).Should().BeEquivalentTo(
            "Content-Type", "Content-Length", "Connection", "Date", "Link", "Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "Gateway-Native", "Gateway-Revision",
            "RateLimit", "RateLimit-Policy");
        answer.Header("RateLimit").Should().StartWith("\"key\";r=", "it is the gateway's own");
        (answer.Header("Gateway-Native"), answer.Header("Cache-Control")).Should().Be(("vendor", "no-store"));
        answer.Header("Content-Security-Policy").Should().StartWith("sandbox");
        answer.Header("Gateway-Revision").Should().StartWith("sha256:");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_passed_on_and_followed_by_nobody(int status)
    {
        await using var elsewhere = new RecordingVendor();
        await using var vendor = Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok("", $"{status} Elsewhere", $"Location: http://{elsewhere.Host}/\r\n")).AsTask());

        foreach (var method in (string[])["GET", "POST"])
        {
            var answer = await gateway.SendAsync(method, $"{Native}/{status}", body: method == "POST" ? "{}" : null);
            (answer.Status, answer.Header("Location")).Should().Be((status, $"http://{elsewhere.Host}/"));
        }

        elsewhere.Connections.Should().Be(0);
    }

    [Fact]
    public async Task What_the_vendor_streams_arrives_as_it_comes()
    {
        var more = new TaskCompletionSource();
        await using var vendor = Answering(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n6\r\nfirst\n\r\n"u8.ToArray());
            await more.Task;
            await stream.WriteAsync("7\r\nsecond\n\r\n0\r\n\r\n"u8.ToArray());
        });
        using var http = gateway.Client();

        using var answer = await http.GetAsync(new Uri("/v1/connections/patient/native/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        // The vendor says the rest only after the first part has been read.
        (await lines.ReadLineAsync()).Should().Be("first");
        more.SetResult();
        (await lines.ReadToEndAsync()).Should().Be("second\n");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task A_request_without_a_body_is_sent_once_also_when_the_vendor_hangs_up(string method)
    {
        // The connection was good for a call before, so that the handler would think it merely old.
        for (var i = 0; i < 3; i++) await gateway.SendAsync("GET", "/v1/connections/patient/native/warm");
        await using var vendor = Answering((_, _) => throw new IOException("hung up"));

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
    public async Task An_answer_of_two_lengths_has_the_one_that_it_really_has()
    {
        await using var vendor = Answering((_, stream) => stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n6\r\nwhole!\r\n0\r\n\r\n"u8.ToArray()).AsTask());
        using var http = gateway.Client();

        (await http.GetStringAsync(new Uri(Native + "/lengths", UriKind.Relative))).Should().Be("whole!");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_breaks_off_here_too_and_counts()
    {
        await using var vendor = Answering(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray());
            throw new IOException("hung up");
        });
        var health = gateway.Connection("left").Health;
        var before = health.Failures;

        foreach (var method in (string[])["GET", "POST"])
        {
            var answer = await gateway.SendAsync(method, "/v1/connections/left/native/half");
            answer.Body.Should().NotContain("problem");
            answer.Body.Length.Should().BeLessThan(100);
        }

        health.Failures.Should().Be(before + 2);
    }

    [Fact]
    public async Task A_vendor_that_switches_protocols_unasked_is_not_followed()
    {
        await using var vendor = Answering((_, stream) => stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nanything"u8.ToArray()).AsTask());

        (await gateway.SendAsync("GET", "/v1/connections/patient/native/switch")).Status.Should().Be(503);
    }

    [Fact]
    public async Task The_deadline_of_the_connection_holds_and_counts_and_a_broken_circuit_lets_nothing_through()
    {
        var never = new TaskCompletionSource();
        await using var vendor = Answering((_, _) => never.Task);
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
        await using var vendor = Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok("slow down", "429 Too Many", "Retry-After: 600\r\n")).AsTask());

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
        await using var vendor = Answering(async (_, stream) =>
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
        await using var vendor = Answering(async (request, stream) =>
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

    private Restored Answering(Func<RecordedRequest, Stream, Task> answer) => new Restored(gateway.Vendor, answer);

    // A 429 has its connection left alone for a while.
    private static string Rested(int status) => status == 429 ? "tired" : "seen";

    private sealed class Restored : IAsyncDisposable
    {
        private readonly RecordingVendor _vendor;
        private readonly Func<RecordedRequest, Stream, Task> _before;

        public Restored(RecordingVendor vendor, Func<RecordedRequest, Stream, Task> answer)
        {
            (_vendor, _before) = (vendor, vendor.Answer);
            vendor.Answer = answer;
        }

        public ValueTask DisposeAsync()
        {
            _vendor.Answer = _before;
            return ValueTask.CompletedTask;
        }
    }
}
