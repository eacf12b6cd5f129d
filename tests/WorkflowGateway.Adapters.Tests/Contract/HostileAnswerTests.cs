using System.IO.Compression;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Tests.Contract;

public sealed class HostileAnswerTests
{
    private const int Limit = 4 * 1024 * 1024;

    [Theory, InlineData("gzip"), InlineData("br"), InlineData("deflate")]
    public async Task A_bomb_is_cut_at_the_limit_after_decompression(string encoding)
    {
        var bomb = Packed(encoding, new byte[256 * 1024 * 1024]);
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, bomb, $"Content-Encoding: {encoding}"));
        using var http = Caller.Of(server);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var error = await http.MutationFails();
        error.Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        error.Message.Should().Contain("larger than 4 MiB");
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Contract);
        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(128 * 1024 * 1024);
    }

    [Theory, InlineData("gzip"), InlineData("br"), InlineData("deflate")]
    public async Task Broken_compression_is_an_answer_that_makes_no_sense(string encoding)
    {
        await using var server = RawServer.Answering("this is not compressed", 200, $"Content-Encoding: {encoding}");
        using var http = Caller.Of(server);
        (await http.MutationFails()).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Contract);
    }

    [Fact]
    public async Task The_limit_itself_still_passes()
    {
        var text = "\"" + new string('x', Limit - 2) + "\"";
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, exchange.Number == 1 ? text : text + " "));
        using var http = Caller.Of(server);
        (await http.ReadAsync(Caller.Get, null, CancellationToken.None)).GetString().Should().HaveLength(Limit - 2);
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Contract);
    }

    [Theory, InlineData(64, true), InlineData(65, false), InlineData(100_000, false)]
    public async Task Depth_is_bounded(int depth, bool passes)
    {
        await using var server = RawServer.Answering(new string('[', depth) + new string(']', depth));
        using var http = Caller.Of(server);
        if (passes) await http.ReadAsync(Caller.Get, null, CancellationToken.None);
        else (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Contract);
    }

    [Fact]
    public async Task A_dripping_body_ends_at_the_deadline()
    {
        await using var server = RawServer.Start(async exchange =>
        {
            await exchange.WriteAsync(RawExchange.Head(200, 1_000_000));
            while (true)
            {
                await exchange.WriteAsync(" "u8.ToArray());
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        });
        using var http = Caller.Of(server, TimeSpan.FromMilliseconds(500));
        (await http.MutationFails()).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        var error = await http.ReadFails();
        error.Message.Should().Contain("within 0.5 s");
    }

    [Fact]
    public async Task A_byte_order_mark_is_skipped()
    {
        await using var server = RawServer.Answering("\uFEFF{\"a\":1}");
        using var http = Caller.Of(server);
        (await http.ReadAsync(Caller.Get, null, CancellationToken.None)).NumberText("a").Should().Be("1");
    }

    [Fact]
    public async Task Broken_utf8_costs_only_its_own_letters()
    {
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(200, [.. "{\"word\":\"a"u8, 0xFF, 0xC0, .. "b\",\"id\":\"run\"}"u8]));
        using var http = Caller.Of(server);
        var answer = await http.ReadAsync(Caller.Get, null, CancellationToken.None);
        answer.Text("id").Should().Be("run");
        answer.Text("word").Should().StartWith("a\uFFFD").And.EndWith("b");
    }

    [Theory]
    [InlineData("""{"\ud800":2,"word":"x","id":"run"}""", "x")]
    [InlineData("""{"word":"\uD83D\uDE00\udc00","id":"run"}""", "\uD83D\uDE00\uFFFD")]
    [InlineData("""{"word":"\ud800\ud83d\ude00","id":"run"}""", "\uFFFD\uD83D\uDE00")]
    [InlineData("""{"word":"\\ud800","id":"run"}""", "\\ud800")]
    [InlineData("""{"word":"\\\udfff","id":"run"}""", "\\\uFFFD")]
    public async Task A_lone_surrogate_costs_only_itself(string body, string word)
    {
        await using var server = RawServer.Answering(body);
        using var http = Caller.Of(server);
        var answer = await http.ReadAsync(Caller.Get, null, CancellationToken.None);
        answer.Text("id").Should().Be("run");
        answer.Text("word").Should().Be(word);
        // What was read can be written again: it is stored and shown as the native answer.
        JsonSerializer.SerializeToUtf8Bytes(answer).Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_nul_cannot_be_stored_and_is_replaced()
    {
        await using var server = RawServer.Answering("""{"word":"a\u0000b"}""");
        using var http = Caller.Of(server);
        (await http.ReadAsync(Caller.Get, null, CancellationToken.None)).Text("word").Should().Be("a\uFFFDb");
    }

    [Theory, InlineData(""), InlineData("<html>hello</html>"), InlineData("{\"id\":"), InlineData("{} {}"), InlineData("NaN")]
    public async Task A_success_that_is_no_json_is_no_success(string body)
    {
        await using var server = RawServer.Answering(body);
        using var http = Caller.Of(server);
        var error = await http.MutationFails();
        error.Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        error.VendorStatus.Should().Be(200);
        error.Evidence.Should().Be(body);
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Contract);
    }

    [Fact]
    public async Task Evidence_is_short_and_printable()
    {
        await using var server = RawServer.Answering("<\u0001\u001B[2J" + new string('x', 10_000));
        using var http = Caller.Of(server);
        var evidence = (await http.MutationFails()).Evidence!;
        evidence.Should().HaveLength(4096).And.StartWith("<\uFFFD\uFFFD[2J");
    }

    [Fact]
    public async Task Evidence_never_ends_in_half_a_token()
    {
        await using var server = RawServer.Answering("<" + new string('x', 4090) + Caller.Token);
        using var http = Caller.Of(server);
        (await http.MutationFails()).Evidence.Should().EndWith("x***");
    }

    [Fact]
    public async Task A_refusal_keeps_its_words_beside_a_lone_surrogate()
    {
        await using var server = RawServer.Answering("""{"\ud800":1,"message":"no"}""", 429, "Retry-After: 7");
        using var http = Caller.Of(server);
        var error = await http.MutationFails();
        (error.Kind, error.RetryAfter).Should().Be((RunnerErrorKind.RateLimited, TimeSpan.FromSeconds(7)));
        error.Message.Should().EndWith("no");
    }

    [Fact]
    public async Task A_request_that_cannot_be_encoded_is_refused_and_not_sent()
    {
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(server);
        var broken = JsonDocument.Parse("""{"a":"\ud800"}""").RootElement;
        (await http.MutationFails(Caller.Post with { Body = broken })).Kind.Should().Be(RunnerErrorKind.Invalid);
        server.Requests.Should().BeEmpty();
    }

    private static byte[] Packed(string encoding, byte[] content)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        }) packer.Write(content);
        return packed.ToArray();
    }
}
