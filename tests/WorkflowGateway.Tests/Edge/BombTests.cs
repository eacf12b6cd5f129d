using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace WorkflowGateway.Tests.Edge;

/// <summary>Bodies that cost their reader more than their sender.</summary>
public sealed class BombTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const int MiB = 1024 * 1024;

    public static TheoryData<string, int> Bombs => new()
    {
        { "deep arrays", 400 },
        { "deep objects", 400 },
        { "33 levels", 400 },
        { "a million keys", 413 },
        { "sixty thousand keys", 400 },
        { "one key sixty thousand times", 400 },
        { "a number of 10 MB", 413 },
        { "a number of 900 KB", 400 },
        { "a string of 10 MB", 413 },
        { "an exponent", 400 },
        { "white space", 413 },
        { "gzip of 100 MB", 415 },
        { "UTF-16", 400 },
        { "half a surrogate pair", 400 },
        { "NUL", 400 },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task A_bomb_is_refused_as_what_it_is_and_nothing_is_begun(string bomb, int status)
    {
        var (before, body) = (gateway.Sandbox.Ledger.Count, Bytes(bomb));
        foreach (var path in (string[])["/v1/runs", "/v1/routes/explain", "/v1/routes/plan", "/v1/webhooks", "/v1/keys", "/v1/runs/run_00000000000000000000000000000000/data"])
        {
            var coding = bomb.StartsWith("gzip", StringComparison.Ordinal) ? "Content-Encoding: gzip\r\n" : "";
            var answer = await RawClient.AskAsync(
                gateway.Client.BaseAddress!.Port,
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{coding}Content-Length: {body.Length}\r\n\r\n{Encoding.Latin1.GetString(body)}");
            var statuses = RawClient.Statuses(answer!);
            // So much that the server does not wait for its end: who does not read meanwhile may only see that it is cut off.
            if (body.Length > 4 * MiB && statuses.Count == 0) continue;
            // A run that is not there, a body of another form: what counts is that it is no failure of ours.
            statuses.Should().ContainSingle(path).Which.Should().BeOneOf([status, 400, 404], path);
            if (path == "/v1/runs") statuses.Should().Equal(status);
            answer.Should().Contain("Content-Type: application/problem+json").And.Match(text => text.Length < 64 * 1024);
        }

        gateway.Sandbox.Ledger.Count.Should().Be(before);
    }

    [Fact]
    public async Task Many_at_once_leave_nothing_behind()
    {
        var body = Bytes("deep arrays");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, token) =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await gateway.Client.PostAsync(new Uri("/v1/runs", UriKind.Relative), content, token);
            answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
        });

        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(16 * MiB);
        (peak - before).Should().BeLessThan(512 * MiB, "32 at once, and what the collector has not taken yet");
    }

    private static byte[] Bytes(string bomb) => bomb switch
    {
        "deep arrays" => Input(new string('[', 100_000) + new string(']', 100_000)),
        "deep objects" => Input(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000)),
        "33 levels" => Input(new string('[', 33) + new string(']', 33)),
        "a million keys" => Input("{" + string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"k{i}\":1")) + "}"),
        "sixty thousand keys" => Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"k{i}\":1")) + "}"),
        "one key sixty thousand times" => Input("{" + string.Join(',', Enumerable.Repeat("\"k\":1", 60_000)) + "}"),
        "a number of 10 MB" => Input(new string('9', 10 * MiB)),
        "a number of 900 KB" => Encoding.UTF8.GetBytes($$"""{"workflow":{{new string('9', 900_000)}}}"""),
        "a string of 10 MB" => Input('"' + new string('a', 10 * MiB) + '"'),
        "an exponent" => Encoding.UTF8.GetBytes("""{"workflow":"cancel-subscription","input":1e999999999}"""),
        "white space" => Encoding.UTF8.GetBytes(new string(' ', 2 * MiB) + "{}"),
        "gzip of 100 MB" => Gzip(),
        "UTF-16" => Encoding.Unicode.GetBytes("""{"workflow":"cancel-subscription"}"""),
        "half a surrogate pair" => Input("\"\\ud800\""),
        _ => Encoding.UTF8.GetBytes("{\"workflow\":\"a\0b\"}"),
    };

    private static byte[] Input(string json) => Encoding.UTF8.GetBytes($$$"""{"workflow":"cancel-subscription","input":{"subscriptionId":{{{json}}}}}""");

    private static byte[] Gzip()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            for (var i = 0; i < 100; i++) gzip.Write(new byte[MiB]);
        return bytes.ToArray();
    }
}
