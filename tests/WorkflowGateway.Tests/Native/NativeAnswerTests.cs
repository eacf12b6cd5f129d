using System.IO.Compression;
using System.Text;

namespace WorkflowGateway.Tests.Native;

/// <summary>What comes back from the vendor: byte for byte, as it comes, and nothing that speaks for the gateway.</summary>
public sealed class NativeAnswerTests(NativeGateway gateway) : IClassFixture<NativeGateway>
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
        await using var vendor = gateway.Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok(body, $"{status} As It Likes", "Content-Encoding: gzip\r\nETag: W/\"x\"\r\nX-Request-Id: 1\r\n")).AsTask());

        var answer = await gateway.SendAsync("GET", $"/v1/connections/{Rested(status)}/native/{status}");

        (answer.Status, answer.Body).Should().Be((status, body));
        answer.Head.Should().StartWith($"HTTP/1.1 {status} As It Likes");
        (answer.Header("Gateway-Native"), answer.Header("ETag"), answer.Header("X-Request-Id")).Should().Be(("vendor", "W/\"x\"", "1"));
        answer.Header("Content-Encoding").Should().Be("gzip");
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Connection: close\r\n\r\n")]
    public async Task An_error_without_a_body_gets_none_of_the_gateways(string rest)
    {
        await using var vendor = gateway.Answering(async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Here\r\n" + rest));
            throw new IOException("closes the connection");
        });

        foreach (var method in (string[])["GET", "POST"])
        {
            var answer = await gateway.SendAsync(method, Native + "/bare", body: method == "POST" ? "{}" : null);
            (answer.Status, answer.Header("Gateway-Native"), answer.Header("Content-Type")).Should().Be((404, "vendor", null));
            answer.Body.Should().BeOneOf("", "0\r\n\r\n");
        }
    }

    [Fact]
    public async Task A_compressed_body_stays_compressed()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.ASCII.GetBytes(new string('a', 10_000)));
        var bytes = Encoding.Latin1.GetString(packed.ToArray());
        await using var vendor = gateway.Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok(bytes, headers: "Content-Encoding: gzip\r\n")).AsTask());

        (await gateway.SendAsync("GET", Native + "/packed")).Body.Should().Be(bytes);
    }

    [Fact]
    public async Task Headers_that_speak_for_the_gateway_stay_with_the_vendor()
    {
        const string Theirs = "Set-Cookie: a=b\r\nWWW-Authenticate: Basic\r\nServer: vendor\r\nAccess-Control-Allow-Origin: *\r\nX-Accel-Redirect: /etc/passwd\r\nGateway-Native: gateway\r\n" +
            "Gateway-Revision: x\r\nRateLimit: x\r\nContent-Security-Policy: default-src *\r\nStrict-Transport-Security: max-age=1\r\nClear-Site-Data: \"*\"\r\nCache-Control: public\r\nLink: <x>; rel=next\r\nLocation: caf\u00e9\r\n";
        await using var vendor = gateway.Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok("{}", "401 No", Theirs)).AsTask());

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
        await using var vendor = gateway.Answering((_, stream) => stream.WriteAsync(RecordingVendor.Ok("", $"{status} Elsewhere", $"Location: http://{elsewhere.Host}/\r\n")).AsTask());

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
        await using var vendor = gateway.Answering(async (_, stream) =>
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

    [Fact]
    public async Task An_answer_of_two_lengths_has_the_one_that_it_really_has()
    {
        await using var vendor = gateway.Answering((_, stream) => stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n6\r\nwhole!\r\n0\r\n\r\n"u8.ToArray()).AsTask());
        using var http = gateway.Client();

        (await http.GetStringAsync(new Uri(Native + "/lengths", UriKind.Relative))).Should().Be("whole!");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_breaks_off_here_too_and_counts()
    {
        await using var vendor = gateway.Answering(async (_, stream) =>
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

        // The caller sees the end of it a moment before it is counted.
        await CoreRig.UntilAsync(() => health.Failures == before + 2);
    }

    [Fact]
    public async Task A_vendor_that_switches_protocols_unasked_is_not_followed()
    {
        await using var vendor = gateway.Answering((_, stream) => stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nanything"u8.ToArray()).AsTask());

        (await gateway.SendAsync("GET", "/v1/connections/patient/native/switch")).Status.Should().Be(503);
    }

    // A 429 has its connection left alone for a while.
    private static string Rested(int status) => status == 429 ? "tired" : "seen";
}
