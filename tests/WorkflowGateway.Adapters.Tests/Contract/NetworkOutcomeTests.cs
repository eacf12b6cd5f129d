using System.Net;
using System.Net.Sockets;

namespace WorkflowGateway.Adapters.Tests.Contract;

/// <summary>The rows of the outcome table that are about the network, with real sockets: what is concluded, and how often the vendor was asked.</summary>
public sealed class NetworkOutcomeTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    public static TheoryData<bool> BodyOrNone { get; } = [true, false];

    [Fact]
    public async Task A_refused_connect_did_nothing()
    {
        using var http = Caller.Of(new Uri($"http://127.0.0.1:{UnusedPort()}/"));
        (await http.MutationFails()).Kind.Should().Be(RunnerErrorKind.Unavailable);
        (await http.MutationFails(Caller.BodylessPost)).Kind.Should().Be(RunnerErrorKind.Unavailable);
        (await http.ReadFails()).Kind.Should().Be(RunnerErrorKind.Unavailable);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_did_nothing()
    {
        // A label of 64 letters is refused by the resolver itself: no packet leaves for it.
        using var http = Caller.Of(new Uri($"http://{new string('a', 64)}/"));
        (await http.MutationFails()).Kind.Should().Be(RunnerErrorKind.Unavailable);
    }

    [Fact]
    public async Task A_connect_that_takes_too_long_did_nothing()
    {
        // A TLS handshake that nobody answers belongs to connecting.
        using var listener = Listening(out var port);
        using var http = Caller.Of(new Uri($"https://127.0.0.1:{port}/"), Short);
        var error = await http.MutationFails();
        error.Kind.Should().Be(RunnerErrorKind.Unavailable);
        error.Message.Should().Contain("did not answer within 2 s");
    }

    [Fact]
    public async Task A_failed_tls_handshake_did_nothing()
    {
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(new Uri($"https://127.0.0.1:{server.Port}/"), TimeSpan.FromSeconds(5));
        // The server takes the first bytes of TLS for the beginning of a request and waits for its end.
        (await http.MutationFails()).Kind.Should().Be(RunnerErrorKind.Unavailable);
        server.Requests.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(BodyOrNone))]
    public async Task A_deadline_after_sending_is_unconfirmed_and_sent_once(bool withBody)
    {
        await using var server = RawServer.Start(exchange => exchange.HangAsync());
        using var http = Caller.Of(server, Short);
        await Unconfirmed(http, server, withBody, expected: 1);
    }

    [Theory, MemberData(nameof(BodyOrNone))]
    public async Task An_end_before_the_answer_is_unconfirmed_and_sent_once(bool withBody)
    {
        await using var server = RawServer.Start(exchange => { exchange.End(); return Task.CompletedTask; });
        using var http = Caller.Of(server);
        await Unconfirmed(http, server, withBody, expected: 1);
    }

    [Theory, MemberData(nameof(BodyOrNone))]
    public async Task A_reset_before_the_answer_is_unconfirmed_and_sent_once(bool withBody)
    {
        await using var server = RawServer.Start(exchange => { exchange.Reset(); return Task.CompletedTask; });
        using var http = Caller.Of(server);
        await Unconfirmed(http, server, withBody, expected: 1);
    }

    [Theory, MemberData(nameof(BodyOrNone))]
    public async Task A_reset_inside_the_body_is_unconfirmed_and_sent_once(bool withBody)
    {
        await using var server = RawServer.Start(async exchange =>
        {
            await exchange.WriteAsync([.. RawExchange.Head(200, 100), .. "{\"id\":"u8]);
            exchange.Reset();
        });
        using var http = Caller.Of(server);
        await Unconfirmed(http, server, withBody, expected: 1);
    }

    [Theory, MemberData(nameof(BodyOrNone))]
    public async Task A_body_cut_short_is_unconfirmed_and_sent_once(bool withBody)
    {
        await using var server = RawServer.Start(async exchange =>
        {
            await exchange.WriteAsync([.. RawExchange.Head(200, 100), .. "{\"id\":\"a\"}"u8]);
            exchange.End();
        });
        using var http = Caller.Of(server);
        await Unconfirmed(http, server, withBody, expected: 1);
    }

    [Theory, MemberData(nameof(BodyOrNone))]
    public async Task A_pooled_connection_that_dies_under_the_request_does_not_make_it_go_again(bool withBody)
    {
        await using var server = RawServer.Start(exchange =>
        {
            if (exchange.Number == 1) return exchange.AnswerAsync(200);
            exchange.End();
            return Task.CompletedTask;
        });
        using var http = Caller.Of(server);
        await http.ReadAsync(Caller.Get, null, CancellationToken.None);
        await Unconfirmed(http, server, withBody, expected: 2);
    }

    [Fact]
    public async Task An_answer_that_is_no_http_is_unconfirmed()
    {
        await using var server = RawServer.Start(exchange => exchange.WriteAsync("SSH-2.0-OpenSSH\r\n\r\n"u8.ToArray()));
        using var http = Caller.Of(server, TimeSpan.FromSeconds(2));
        await Unconfirmed(http, server, withBody: true, expected: 1);
    }

    [Fact]
    public async Task A_mutation_cancelled_by_its_caller_is_unconfirmed_once_it_was_sent()
    {
        using var cut = new CancellationTokenSource();
        await using var server = RawServer.Start(async exchange => { await cut.CancelAsync(); await exchange.HangAsync(); });
        using var http = Caller.Of(server);
        (await http.MutationFails(cancellationToken: cut.Token)).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_mutation_cancelled_before_it_was_sent_did_nothing()
    {
        await using var server = RawServer.Answering("{}");
        using var http = Caller.Of(server);
        (await http.MutationFails(cancellationToken: new CancellationToken(canceled: true))).Kind.Should().Be(RunnerErrorKind.Unavailable);
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_read_cancelled_by_its_caller_is_cancelled_and_nothing_else()
    {
        using var cut = new CancellationTokenSource();
        await using var server = RawServer.Start(async exchange => { await cut.CancelAsync(); await exchange.HangAsync(); });
        using var http = Caller.Of(server);
        var read = () => http.ReadAsync(Caller.Get, null, cut.Token);
        await read.Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task Unconfirmed(VendorHttp http, RawServer server, bool withBody, int expected)
    {
        (await http.MutationFails(withBody ? Caller.Post : Caller.BodylessPost)).Kind.Should().Be(RunnerErrorKind.Unconfirmed);
        server.Requests.Should().HaveCount(expected);
    }

    private static int UnusedPort()
    {
        using var listener = Listening(out var port);
        return port;
    }

    private static TcpListener Listening(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }
}
