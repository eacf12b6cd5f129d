using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;
using WorkflowGateway.Tests.Events;
using WorkflowGateway.Tests.Runners;

namespace WorkflowGateway.Tests.Access;

/// <summary>Tokens of an authority: which ones open, as whom, and what happens when the authority changes its keys or is away.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private readonly HandClock _clock = new();
    private Authority _authority = null!;

    public async Task InitializeAsync() => _authority = await Authority.StartAsync();

    public async Task DisposeAsync() => await _authority.DisposeAsync();

    [Fact]
    public async Task A_token_that_is_not_as_it_should_be_opens_nothing_and_says_why()
    {
        await using var app = await StartAsync();
        var good = _authority.Sign(Authority.Header(), Payload());
        (string Token, string Why)[] cases =
        [
            (Token(header => header["alg"] = "none"), "algorithm"),
            (Token(header => header["alg"] = "NONE"), "algorithm"),
            (Token(header => header["alg"] = "HS256"), "algorithm"),
            (Token(header => { header["alg"] = "HS256"; header["kid"] = "shared"; }), "algorithm"),
            (Token(header => header["kid"] = "k9"), "does not have"),
            (Token(header => header["kid"] = "enc"), "does not have"),
            (Token(header => header["kid"] = "e1"), "another algorithm"),
            (Token(header => header.Remove("kid")), "kid"),
            (Token(header => header["crit"] = new JsonArray("b64")), "crit"),
            (Token(header => header["typ"] = "logout+jwt"), "another type"),
            (Token(header => header.Remove("typ")), "another type"),
            (Token(payload: payload => payload["exp"] = _clock.GetUtcNow().AddSeconds(-11).ToUnixTimeSeconds()), "expired"),
            (Token(payload: payload => payload.Remove("exp")), "until when"),
            (Token(payload: payload => payload["nbf"] = _clock.GetUtcNow().AddSeconds(60).ToUnixTimeSeconds()), "not valid yet"),
            (Token(payload: payload => payload["aud"] = "another"), "another audience"),
            (Token(payload: payload => payload.Remove("aud")), "another audience"),
            (Token(payload: payload => payload["iss"] = "https://other.example"), "another issuer"),
            (Token(payload: payload => payload.Remove("iss")), "another issuer"),
            (Token(payload: payload => payload.Remove("sub")), "(sub"),
            (Token(payload: payload => payload.Remove("tenant")), "no tenant"),
            (Token(payload: payload => payload["tenant"] = new JsonArray("a", "b")), "no tenant"),
            (Token(payload: payload => payload["tenant"] = "a b"), "no tenant"),
            (Token(payload: payload => payload["tenant"] = "*"), "all tenants"),
            (Token(payload: payload => payload.Remove("role")), "no role"),
            (Token(payload: payload => payload["role"] = "root"), "no role"),
            (Token(payload: payload => payload["workflows"] = 7), "workflows"),
            (Token(payload: payload => payload["operations"] = new JsonArray(1)), "operations"),
            (good[..^4] + "AAAA", "not signed"),
            ($"{good.Split('.')[0]}.{Authority.Encode(With(Payload(), "role", "operator").ToJsonString())}.{good.Split('.')[2]}", "not signed"),
            ("a.b.c", "cannot be read"),
            ($"{good.Split('.')[0]}..", "cannot be read"),
        ];

        foreach (var (token, why) in cases)
            (await AskAsync(app, token)).Should().StartWith("unauthenticated This ").And.Contain(why, token);
        (await AskAsync(app, good + "." + good)).Should().StartWith("unauthenticated");
        (await AskAsync(app, good)).Should().Be("ok token:billing a Caller");
    }

    [Theory]
    [InlineData("RS256", "k1", "at+jwt")]
    [InlineData("PS256", "k1", "JWT")]
    [InlineData("ES256", "e1", "at+jwt")]
    public async Task A_good_token_opens_what_its_role_may(string alg, string kid, string typ)
    {
        await using var app = await StartAsync();
        (await AskAsync(app, _authority.Sign(Authority.Header(alg, kid, typ), With(Payload(), "role", "viewer")))).Should().Be("ok token:billing a Viewer");
        (await AskAsync(app, _authority.Sign(Authority.Header(alg, kid, typ), With(Payload(), "role", "viewer")), "/operate")).Should().StartWith("forbidden");
        (await AskAsync(app, _authority.Sign(Authority.Header(alg, kid, typ), With(Payload(), "role", new JsonArray("viewer", "operator"))), "/operate")).Should().Be("ok token:billing a Operator");
    }

    [Fact]
    public async Task The_settings_say_where_a_token_says_what()
    {
        await using var app = await StartAsync(new()
        {
            ["Access:Jwt:TenantClaim"] = "https://example.com/org",
            ["Access:Jwt:RoleClaim"] = "groups",
            ["Access:Jwt:Roles:wf-admins"] = "operator",
            ["Access:Jwt:AllTenants"] = "true",
        });
        var payload = With(With(With(Payload(), "groups", new JsonArray("staff", "wf-admins")), "https://example.com/org", "*"), "operations", "get list");

        (await AskAsync(app, _authority.Sign(Authority.Header(), payload))).Should().StartWith("forbidden The key 'token:billing' is not for start");
        (await AskAsync(app, _authority.Sign(Authority.Header(), With(payload, "operations", "get start")))).Should().Be("ok token:billing * Operator");
        (await AskAsync(app, _authority.Sign(Authority.Header(), With(payload, "operations", new JsonArray())))).Should().StartWith("forbidden", "an empty list is nothing");
    }

    [Fact]
    public async Task Keys_of_the_authority_change_without_a_restart_and_strange_ones_ask_for_them_seldom()
    {
        await using var app = await StartAsync();
        var old = Token();
        (await AskAsync(app, old)).Should().StartWith("ok");
        _authority.Asked.Should().Be(1);

        for (var i = 0; i < 20; i++) (await AskAsync(app, Token(header => header["kid"] = $"strange-{i}"))).Should().Contain("does not have");
        _authority.Asked.Should().Be(1, "it was asked just now");

        _authority.Rotate("k2");
        _clock.Pass(TokenKeys.Soonest);
        (await AskAsync(app, Token(header => header["kid"] = "k2"))).Should().StartWith("ok");
        (await AskAsync(app, old)).Should().Contain("does not have", "the authority took it back");
        for (var i = 0; i < 20; i++) (await AskAsync(app, Token(header => header["kid"] = $"strange-{i}"))).Should().Contain("does not have");
        _authority.Asked.Should().Be(2);
    }

    [Fact]
    public async Task While_the_authority_is_away_known_keys_go_on_and_others_are_not_called_wrong()
    {
        await using var app = await StartAsync();
        (await AskAsync(app, Token())).Should().StartWith("ok");

        _authority.Away = true;
        _clock.Pass(TimeSpan.FromHours(2));
        await app.Services.GetRequiredService<TokenKeys>().RefreshAsync(fresh: true, CancellationToken.None);
        (await AskAsync(app, Token())).Should().StartWith("ok");
        (await AskAsync(app, Token(header => header["kid"] = "k2"))).Should().StartWith("authority-unavailable");
        _clock.Pass(TokenKeys.Trusted);
        (await AskAsync(app, Token())).Should().StartWith("authority-unavailable", "nobody knows any more whether it is still the authority's");

        _authority.Away = false;
        _clock.Pass(TokenKeys.Soonest);
        (await AskAsync(app, Token())).Should().StartWith("ok");
    }

    [Fact]
    public async Task An_authority_that_is_away_at_the_start_is_asked_later()
    {
        _authority.Away = true;
        await using var app = await StartAsync();
        (await AskAsync(app, Token())).Should().StartWith("authority-unavailable");
        (await AskAsync(app, "wfg_k_secret")).Should().Be("ok k t Viewer", "keys need no authority");
        _authority.Away = false;
        _clock.Pass(TokenKeys.Soonest);
        (await AskAsync(app, Token())).Should().StartWith("ok");
    }

    [Fact]
    public async Task Keys_come_from_a_file_where_there_is_no_authority()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, _authority.KeySet());
        await using var app = await StartAsync(new() { ["Access:Jwt:Authority"] = null, ["Access:Jwt:Issuer"] = _authority.Url, ["Access:Jwt:Keys"] = file });
        _authority.Asked.Should().Be(0);
        (await AskAsync(app, Token())).Should().StartWith("ok");
        File.Delete(file);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_keeps_nobody_from_stopping()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var options = new AccessOptions { Jwt = new TokenOptions { Keys = $"http://{silent.LocalEndpoint}/keys", Issuer = "i", Audience = "a" } };
        using var keys = new TokenKeys(Options.Create(options), TimeProvider.System, NullLogger<TokenKeys>.Instance);
        using var stopping = new CancellationTokenSource();

        var asks = keys.RefreshAsync(fresh: true, stopping.Token);
        using var asked = await silent.AcceptTcpClientAsync();
        await stopping.CancelAsync();

        await FluentActions.Awaiting(() => asks).Should().ThrowAsync<OperationCanceledException>("it has stopped to ask, and not waited for its patience to end");
    }

    [Fact]
    public void Everything_wrong_with_the_settings_is_said_at_once()
    {
        var result = new AccessOptionsValidator(new HostingEnvironment()).Validate(null, new AccessOptions
        {
            Jwt = new TokenOptions { Authority = "http://authority.example", RoleClaim = " ", Roles = { ["admins"] = "root" } },
            Limits = new LimitOptions { Key = new CallLimits { Rate = -1 }, Tenants = { ["a"] = new CallLimits { Watchers = -1 } } },
            Keys = [new AccessKey { Id = "k", Sha256 = new string('0', 64), Role = "viewer", Tenant = "a", Workflows = [""], Operations = ["strat"] }],
        });

        string.Join('\n', result.Failures!).Should().ContainAll(
            "Access:Jwt:Authority is 'http://authority.example'", "Access:Jwt:Audience is missing", "Access:Jwt:RoleClaim is empty", "Access:Jwt:Roles:admins is 'root'",
            "Access:Limits:Key:Rate", "Access:Limits:Tenants:a:Watchers", "Access:Keys:0:Workflows: ''", "Access:Keys:0:Operations: 'strat' is no operation. Did you mean 'start'?");
    }

    // By a clock whose timers run ten times as fast as they should.
    [Fact]
    public async Task A_stream_ends_when_its_token_does()
    {
        await using var rig = await EventRig.StartAsync("sqlite", new QuickTime(10), "--Access:Jwt:Authority", _authority.Url, "--Access:Jwt:Audience", "gateway");
        var run = await rig.StartRunAsync();
        var payload = With(_authority.Payload(TimeProvider.System.GetUtcNow()), "exp", TimeProvider.System.GetUtcNow().AddSeconds(20).ToUnixTimeSeconds());
        var (briefly, longer) = (_authority.Sign(Authority.Header(), payload), _authority.Sign(Authority.Header(), _authority.Payload(TimeProvider.System.GetUtcNow())));
        using var ends = Stream(await SendAsync(rig, briefly));
        using var stays = Stream(await SendAsync(rig, longer));

        await ends.ToEndAsync();
        await rig.ChangeAsync(run);
        (await stays.NextEventAsync())!.Data.Should().Contain(run.Id.ToString());
    }

    private static SseReader Stream(HttpResponseMessage answer)
    {
        ((int)answer.StatusCode).Should().Be(200);
        return new SseReader(answer, answer.Content.ReadAsStream());
    }

    private static Task<HttpResponseMessage> SendAsync(EventRig rig, string token) => rig.SendAsync("/v1/events", token, 0, ("Accept", "text/event-stream"));

    private static JsonObject With(JsonObject payload, string claim, JsonNode value)
    {
        var changed = payload.DeepClone().AsObject();
        changed[claim] = value;
        return changed;
    }

    private JsonObject Payload() => _authority.Payload(_clock.GetUtcNow());

    private string Token(Action<JsonObject>? header = null, Action<JsonObject>? payload = null)
    {
        var (first, second) = (Authority.Header(), Payload());
        header?.Invoke(first);
        payload?.Invoke(second);
        return _authority.Sign(first, second);
    }

    private async Task<WebApplication> StartAsync(Dictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Access:Jwt:Authority"] = _authority.Url,
            ["Access:Jwt:Audience"] = "gateway",
            ["Access:Limits:Failures:Rate"] = "0",
            ["Access:Keys:0:Id"] = "k",
            ["Access:Keys:0:Sha256"] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("wfg_k_secret"u8)),
            ["Access:Keys:0:Role"] = "viewer",
            ["Access:Keys:0:Tenant"] = "t",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddAccess(builder.Configuration);
        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (RefusedException refused)
            {
                await context.Response.WriteAsync($"{refused.Code} {refused.Message}");
            }
        });
        app.UseRouting();
        app.UseAccess();
        app.MapGet("/view", Answer).RequireRole(Role.Viewer, KeyOperations.Start);
        app.MapGet("/operate", Answer).RequireRole(Role.Operator, KeyOperations.Start);
        app.UseEndpoints(_ => { });
        await app.StartAsync();
        return app;

        static Task Answer(HttpContext context) => context.Response.WriteAsync($"ok {context.Caller().Name} {context.Caller().Tenant ?? "*"} {context.Caller().Role}");
    }

    private static async Task<string> AskAsync(WebApplication app, string token, string path = "/view")
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.GetStringAsync(new Uri(app.Urls.Single() + path));
    }

    private sealed class HostingEnvironment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Production";
        public string ApplicationName { get; set; } = "tests";
        public string ContentRootPath { get; set; } = "/";
        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } = new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
