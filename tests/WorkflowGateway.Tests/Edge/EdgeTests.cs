using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using WorkflowGateway.Edge;

namespace WorkflowGateway.Tests.Edge;

/// <summary>What stands before the API.</summary>
public sealed class EdgeTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public void The_limits_are_the_promised_ones_and_whoever_runs_it_may_set_others()
    {
        var limits = Limits();
        (limits.MaxRequestLineSize, limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount).Should().Be((8 * 1024, 32 * 1024, 100));
        (limits.RequestHeadersTimeout, limits.KeepAliveTimeout).Should().Be((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(65)));
        foreach (var rate in new[] { limits.MinRequestBodyDataRate, limits.MinResponseDataRate }) (rate!.BytesPerSecond, rate.GracePeriod).Should().Be((240, TimeSpan.FromSeconds(5)));
        (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections, limits.Http2.MaxStreamsPerConnection).Should().Be((25_000, 0, 100));

        var own = Limits(("Kestrel:Limits:MaxConcurrentConnections", "7"), ("Kestrel:Limits:KeepAliveTimeout", "00:00:09"), ("Kestrel:Limits:Http2:MaxStreamsPerConnection", "5"));
        (own.MaxConcurrentConnections, own.KeepAliveTimeout, own.Http2.MaxStreamsPerConnection).Should().Be((7, TimeSpan.FromSeconds(9), 5));
        var misspelt = () => Limits(("Kestrel:Limits:MaxConnections", "7"));
        misspelt.Should().Throw<InvalidOperationException>().WithMessage("*MaxConnections*");
    }

    [Theory]
    [InlineData("MaxRequests", "0")]
    [InlineData("StopDelay", "soon")]
    [InlineData("StopDelay", "2m")]
    [InlineData("PublicBaseUrl", "workflows.example.com")]
    [InlineData("PublicBaseUrl", "https://user@workflows.example.com")]
    public async Task A_setting_that_cannot_be_used_is_told_by_its_name(string name, string value)
    {
        await using var small = new SmallGateway();
        var start = () => small.StartAsync(("Edge:" + name, value));

        await start.Should().ThrowAsync<OptionsValidationException>().WithMessage($"*Edge:{name}*{value}*");
    }

    [Theory]
    [InlineData("/v1/runs")]
    [InlineData("/v1/events")]
    [InlineData("/v1/workflows")]
    [InlineData("/health/ready")]
    [InlineData("/v1/runs/run_00000000000000000000000000000000")]
    public async Task HEAD_is_answered_as_GET_is_without_its_body(string path)
    {
        using var get = await gateway.Client.GetAsync(new Uri(path, UriKind.Relative));
        using var head = await gateway.SendAsync(HttpMethod.Head, path);

        (head.StatusCode, head.Content.Headers.ContentType).Should().Be((get.StatusCode, get.Content.Headers.ContentType));
        (await head.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task HEAD_waits_for_nothing_and_streams_nothing()
    {
        using var stream = await gateway.SendAsync(HttpMethod.Head, "/v1/events", null, ("Accept", "text/event-stream"));
        using var poll = await gateway.SendAsync(HttpMethod.Head, "/v1/events", null, ("Prefer", "wait=60"));

        (stream.StatusCode, poll.StatusCode).Should().Be((HttpStatusCode.OK, HttpStatusCode.OK));
        poll.Headers.Contains("Preference-Applied").Should().BeFalse();
        using var post = await gateway.SendAsync(HttpMethod.Head, "/v1/routes/plan");
        ((int)post.StatusCode, post.Content.Headers.Allow.Single()).Should().Be((405, "POST"));
    }

    [Theory]
    [InlineData("TRACE /v1/runs HTTP/1.1\r\nHost: localhost", 405, "method-not-allowed")]
    [InlineData("GET /v1/runs#x HTTP/1.1\r\nHost: localhost", 400, "validation-failed")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: a b", 400, null)]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: localhost:99999", 400, "validation-failed")]
    [InlineData("GET /v1/runs HTTP/1.1\r\nHost: localhost\r\nX-A: \u0001", 400, "validation-failed")]
    [InlineData("POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 0", 415, "unsupported-media-type")]
    // Kestrel says no before anything of ours is asked: no problem, no revision, but a plain 400 and the end of the connection.
    [InlineData("GET /v1/%00 HTTP/1.1\r\nHost: localhost", 400, null)]
    public async Task What_is_refused_is_a_problem_wherever_Kestrel_lets_us_say_so(string head, int status, string? code)
    {
        var answer = await RawClient.AskAsync(gateway.Client.BaseAddress!.Port, head + "\r\n\r\n");

        RawClient.Statuses(answer!).Should().Equal(status);
        answer!.Should().ContainEquivalentOf("Connection: close").And.NotContain("Server:");
        if (code is null) answer.Should().Contain("Content-Length: 0");
        else JsonElement.Parse(answer![answer!.IndexOf('{')..(answer.LastIndexOf('}') + 1)]).GetProperty("code").GetString().Should().Be(code);
        if (code is not null) answer.Should().Contain("Gateway-Revision: sha256:").And.Contain("Content-Type: application/problem+json");
    }

    [Fact]
    public async Task A_name_that_is_not_the_gateways_is_refused_and_links_never_come_from_it()
    {
        await using var small = new SmallGateway();
        await small.StartAsync(("AllowedHosts", "workflows.example.com;*.internal;localhost;127.0.0.1"), ("Edge:PublicBaseUrl", "https://workflows.example.com/api/"));

        foreach (var (host, status) in new[] { ("evil.example", 400), ("xinternal", 400), ("workflows.example.com.evil.example", 400), ("localhost:1234", 200) })
            RawClient.Statuses((await RawClient.AskAsync(small.Port, $"GET /v1/workflows HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))!).Should().Equal([status], host);
        // A probe asks by the address of the pod.
        RawClient.Statuses((await RawClient.AskAsync(small.Port, "GET /health/ready HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: close\r\n\r\n"))!).Should().Equal(200);
        using var client = small.Client();
        using var started = await client.PostAsync(new Uri("/v1/runs", UriKind.Relative), new StringContent("""{"workflow":"ask"}""", null, "application/json"));
        started.Headers.Location!.OriginalString.Should().StartWith("https://workflows.example.com/api/v1/runs/run_");
        started.Headers.GetValues("Operation-Location").Should().ContainSingle().Which.Should().StartWith("https://workflows.example.com/api/v1/runs/run_");
    }

    private static KestrelServerLimits Limits(params (string Name, string? Value)[] settings)
    {
        var options = new KestrelServerOptions();
        ServerLimits.Set(options, new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => pair.Value)).Build());
        return options.Limits;
    }
}
