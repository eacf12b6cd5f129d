namespace WorkflowGateway.Adapters.Tests.Contract;

public sealed class CredentialTests
{
    [Theory, InlineData(301), InlineData(302), InlineData(307), InlineData(308)]
    public async Task A_redirect_is_a_refusal_and_carries_nothing_to_the_other_origin(int status)
    {
        await using var other = RawServer.Answering("{}");
        await using var server = RawServer.Answering("", status, $"Location: {other.Url}/runs");
        using var http = Caller.Of(server);
        (await http.MutationFails()).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Invalid);
        other.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("../admin"), InlineData("runs/../../admin"), InlineData("/admin"), InlineData("//127.0.0.2/base/x")]
    [InlineData("http://127.0.0.2/base/x"), InlineData("%2e%2e/admin"), InlineData("..\\admin"), InlineData("http://[")]
    public async Task A_path_that_leaves_the_base_is_refused_before_any_call(string path)
    {
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(server);
        (await Caller.Fails(() => http.ReadAsync(new VendorRequest(HttpMethod.Get, path), null, CancellationToken.None))).Kind.Should().Be(RunnerErrorKind.Invalid);
        (await http.MutationFails(Caller.Post with { Path = path })).Kind.Should().Be(RunnerErrorKind.Invalid);
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task The_token_is_taken_anew_for_each_call()
    {
        var taken = 0;
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(server.Url, token: _ => ValueTask.FromResult(new Secret($"token-{++taken}")));
        await http.ReadAsync(Caller.Get, null, CancellationToken.None);
        await http.MutateAsync(Caller.Post, null, CancellationToken.None);
        server.Requests.Select(request => request.Headers["X-Token"].Single()).Should().Equal("token-1", "token-2");
    }

    [Fact]
    public async Task A_read_refused_for_its_token_is_tried_once_more_with_a_new_one()
    {
        var taken = 0;
        await using var server = RawServer.Start(exchange => exchange.AnswerAsync(exchange.Request.Headers["X-Token"].Single() == "token-2" ? 200 : 401));
        using var http = Caller.Of(server.Url, token: _ => ValueTask.FromResult(new Secret($"token-{++taken}")));
        await http.ReadAsync(Caller.Get, null, CancellationToken.None);
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Unauthorized);
        server.Requests.Should().HaveCount(4);
    }

    [Theory, InlineData(401), InlineData(403), InlineData(500), InlineData(503), InlineData(429)]
    public async Task A_mutation_is_never_sent_again(int status)
    {
        await using var server = RawServer.Answering("{}", status);
        using var http = Caller.Of(server);
        await http.MutationFails();
        await http.MutationFails(Caller.BodylessPost);
        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task The_end_users_own_token_goes_in_place_of_the_connections()
    {
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(server);
        await http.MutateAsync(Caller.Post, new Subject("ada", new Secret("adas")), CancellationToken.None);
        server.Requests.Single().Headers["X-Token"].Should().Equal("adas");
    }

    [Fact]
    public async Task Without_any_token_nothing_is_sent()
    {
        await using var server = RawServer.Answering("{}");
        using var http = new VendorHttp(
            new VendorConnection { Name = "any", BaseUrl = server.Url, Timeout = TimeSpan.FromSeconds(5) },
            Caller.Info, "X-Token", "", new Dictionary<string, string>(), TimeProvider.System);
        (await http.MutationFails()).Kind.Should().Be(RunnerErrorKind.Unauthorized);
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Unauthorized);
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_token_that_cannot_be_had_is_no_other_exception_and_nothing_is_sent()
    {
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(server.Url, token: _ => throw new UnauthorizedAccessException("/run/secrets/juo"));
        var error = await http.MutationFails();
        error.Kind.Should().Be(RunnerErrorKind.Unavailable);
        error.Message.Should().NotContain("secrets");
        server.Requests.Should().BeEmpty();
    }

    [Theory, InlineData("two\r\nX-Injected: yes"), InlineData("token\n"), InlineData("zwölf")]
    public async Task A_token_that_is_no_header_value_is_refused_and_not_sent(string token)
    {
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(server.Url, token: _ => ValueTask.FromResult(new Secret(token)));
        var error = await http.MutationFails();
        error.Kind.Should().Be(RunnerErrorKind.Unauthorized);
        error.Message.Should().NotContain(token);
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_mutation_always_has_a_length_and_fixed_headers_and_no_cookies()
    {
        await using var server = RawServer.Answering("{}", 200, "Set-Cookie: a=b");
        using var http = Caller.Of(server);
        await http.MutateAsync(Caller.Post, null, CancellationToken.None);
        await http.MutateAsync(Caller.BodylessPost, null, CancellationToken.None);
        server.Requests.Should().AllSatisfy(request =>
        {
            request.Headers["X-Fixed"].Should().Equal("fixed");
            request.Headers["Content-Length"].Should().ContainSingle();
            request.Headers.Contains("Transfer-Encoding").Should().BeFalse();
            request.Headers.Contains("Cookie").Should().BeFalse();
            request.Headers.Contains("traceparent").Should().BeFalse();
        });
        server.Requests.Select(request => request.Path).Should().Equal("/base/runs", "/base/runs/a/stop");
        server.Requests.Select(request => request.Body).Should().Equal("""{"a":1}""", "");
    }
}
