using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkflowGateway.Adapters.Tests.Contract;

/// <summary>A vendor that repeats the credential does not make us repeat it.</summary>
public sealed class EchoTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory, InlineData(200), InlineData(400), InlineData(500)]
    public async Task A_vendor_that_echoes_the_token_does_not_make_us_repeat_it(int status)
    {
        await using var server = RawServer.Answering($$"""{"message":"bad token {{Caller.Token}}" """, status);
        await using var polite = RawServer.Answering($$"""{"message":"bad token {{Caller.Token}}"}""", status == 200 ? 400 : status);
        foreach (var vendor in new[] { server, polite })
        {
            using var http = Caller.Of(vendor);
            var refused = (await ((Func<Task>)(() => http.MutateAsync(Caller.Post, null, CancellationToken.None))).Should().ThrowAsync<RunnerException>()).Which;
            (refused.ToString() + refused.Error).Should().NotContain(Caller.Token).And.Contain("***");
        }
    }

    [Theory]
    [InlineData("s3cret-token", "***"), InlineData("a\"b/c+d&e<f%g'h=i", "***"), InlineData("uabcd1234", "***"), InlineData("aaaaaaaab", "***"), InlineData("%41%42%43%44", "***"), InlineData("9000712345", "1")]
    public async Task However_it_is_written_it_is_taken_out_and_the_rest_stays(string token, string mask)
    {
        var (json, escaped) = (JsonSerializer.Serialize(token), string.Concat(token.Select(letter => $"\\u{(int)letter:x4}")));
        var body = $$"""
            { "message": {{json}}, "relaxed": {{JsonSerializer.Serialize(token, Relaxed)}}, "escaped": "{{escaped}}", "within": {{JsonSerializer.Serialize(json)}}, "deeper": {{JsonSerializer.Serialize(JsonSerializer.Serialize(json), Relaxed)}},
              "url": "https://vendor/?token={{Uri.EscapeDataString(token)}}&n=1", "twice": {{JsonSerializer.Serialize($"a {token} b {token} c")}}, {{JsonSerializer.Serialize("name " + token)}}: 1, "other": "\u00e9\n\\ \"%2F\" 90007", "number": 59000712345.5 }
            """;
        await using var server = RawServer.Answering(body);
        await using var refusing = RawServer.Answering(body, 422);
        using var http = Caller.Of(server.Url, token: _ => ValueTask.FromResult(new Secret(token)));
        using var refused = Caller.Of(refusing.Url, token: _ => ValueTask.FromResult(new Secret(token)));

        foreach (var answer in (JsonElement[])[await http.ReadAsync(Caller.Get, null, CancellationToken.None), await http.MutateAsync(Caller.Post, null, CancellationToken.None)])
        {
            answer.EnumerateObject().Select(member => (member.Name, Value: member.Value.ToString())).Should().Equal(
                ("message", mask), ("relaxed", mask), ("escaped", mask), ("within", $"\"{mask}\""), ("deeper", JsonSerializer.Serialize($"\"{mask}\"")), ("url", $"https://vendor/?token={mask}&n=1"),
                ("twice", $"a {mask} b {mask} c"), ("name " + mask, "1"), ("other", "\u00e9\n\\ \"%2F\" 90007"), ("number", mask == "1" ? "51.5" : "59000712345.5"));
        }

        var error = await refused.MutationFails();
        error.Message.Should().Be("The vendor answered 422: " + mask);
        error.Evidence.Should().NotContain(token).And.NotContain(json[1..^1]).And.NotContain(escaped).And.Contain("90007");
    }

    [Fact]
    public async Task One_of_backslashes_is_taken_out_too_and_JSON_stays_JSON()
    {
        const string Token = """\\back\slash\""";
        await using var server = RawServer.Answering($$"""{ "message": {{JsonSerializer.Serialize(Token)}}, "within": {{JsonSerializer.Serialize(JsonSerializer.Serialize(Token))}} }""");
        using var http = Caller.Of(server.Url, token: _ => ValueTask.FromResult(new Secret(Token)));

        var answer = await http.MutateAsync(Caller.Post, null, CancellationToken.None);

        answer.GetProperty("message").GetString().Should().Be("***");
        answer.GetProperty("within").GetString().Should().NotContain("slash");
    }

    [Fact]
    public async Task A_word_that_is_too_short_for_a_secret_is_left_where_it_is_understood()
    {
        await using var server = RawServer.Answering("""{ "url": "https://sandbox/" }""");
        await using var refusing = RawServer.Answering("""{ "message": "no sandbox" }""", 401);
        using var http = Caller.Of(server.Url, token: _ => ValueTask.FromResult(new Secret("sandbox")));
        using var refused = Caller.Of(refusing.Url, token: _ => ValueTask.FromResult(new Secret("sandbox")));

        (await http.ReadAsync(Caller.Get, null, CancellationToken.None)).GetProperty("url").GetString().Should().Be("https://sandbox/");
        (await refused.ReadFails()).Message.Should().Be("The vendor answered 401: no ***");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nNo header {0}\r\n\r\n")]
    [InlineData("Not HTTP {0}\r\n\r\n")]
    [InlineData("HTTP/1.1 401 {0}\r\nContent-Length: 0\r\nWWW-Authenticate: Bearer realm=\"{0}\"\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n{0}")]
    public async Task What_is_thrown_below_does_not_tell_it_either(string answer)
    {
        await using var server = RawServer.Start(async exchange =>
        {
            await exchange.WriteAsync(Encoding.ASCII.GetBytes(answer.Replace("{0}", Caller.Token, StringComparison.Ordinal)));
            exchange.End();
        });
        using var http = Caller.Of(server);

        foreach (var call in (Func<Task>[])[() => http.MutateAsync(Caller.Post, null, CancellationToken.None), () => http.ReadAsync(Caller.Get, null, CancellationToken.None)])
            (await call.Should().ThrowAsync<RunnerException>()).Which.ToString().Should().NotContain(Caller.Token);
    }
}
