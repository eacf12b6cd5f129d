using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Access;

public sealed class AccessTests
{
    private static readonly string[] Keys = ["reader", "service", "admin"];

    [Theory]
    [InlineData("reader", "/view", "ok reader t1 Viewer")]
    [InlineData("reader", "/call", "forbidden")]
    [InlineData("service", "/call", "ok service t1 Caller")]
    [InlineData("service", "/operate", "forbidden")]
    [InlineData("admin", "/operate", "ok admin * Operator")]
    [InlineData("admin", "/unmarked", "forbidden")]
    [InlineData("admin", "/nowhere", "nothing here")]
    [InlineData("reader", "/public", "public")]
    public async Task A_role_opens_what_it_may(string key, string path, string expected)
    {
        await using var app = await KeyedAsync();
        (await AskAsync(app, path, request => request.Headers.Authorization = new("Bearer", KeyOf(key)))).Should().Be(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Basic cmVhZGVyOng=")]
    [InlineData("Bearer wfg_reader_wrong")]
    [InlineData("Bearer wfg_nobody_secret-of-reader")]
    [InlineData("Bearer wfg_reader")]
    [InlineData("Bearer reader_secret-of-reader")]
    [InlineData("Bearer WFG_reader_secret-of-reader")]
    [InlineData("Bearer wfg_reader_secret-of-reader, Bearer wfg_admin_secret-of-admin")]
    public async Task Without_a_good_key_nobody_comes_in(string? header)
    {
        await using var app = await KeyedAsync();
        foreach (var path in new[] { "/view", "/nowhere", "/unmarked" })
        {
            (await AskAsync(app, path, request =>
            {
                if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
            })).Should().Be("unauthenticated");
        }

        (await AskAsync(app, "/public")).Should().Be("public");
    }

    [Fact]
    public async Task A_long_key_is_refused()
    {
        await using var app = await KeyedAsync();
        (await AskAsync(app, "/view", request => request.Headers.Authorization = new("Bearer", "wfg_reader_" + new string('x', 400)))).Should().Be("unauthenticated");
        (await AskAsync(app, "/view", request => request.Headers.TryAddWithoutValidation("Authorization", "Bearer wfg_" + new string('x', 5000)))).Should().Be("unauthenticated");
    }

    [Fact]
    public async Task A_wrong_method_is_answered_as_such_to_those_who_may_come_in()
    {
        await using var app = await KeyedAsync();
        (await AskAsync(app, "/view", request => request.Method = HttpMethod.Delete)).Should().Be("unauthenticated");
        (await AskAsync(app, "/view", request =>
        {
            request.Method = HttpMethod.Delete;
            request.Headers.Authorization = new("Bearer", KeyOf("reader"));
        })).Should().Be("405");
    }

    [Fact]
    public async Task Keyless_in_development_acts_as_operator_of_all_tenants()
    {
        await using var app = await StartAsync("Development", []);
        (await AskAsync(app, "/operate")).Should().Be("ok local * Operator");
    }

    [Fact]
    public async Task Keyless_in_production_must_be_written_down()
    {
        var undecided = () => StartAsync("Production", []);
        (await undecided.Should().ThrowAsync<OptionsValidationException>()).WithMessage("Access:Keys is empty, so nobody could come in. Add a key*");

        await using var app = await StartAsync("Production", new() { ["Access:Mode"] = "none" });
        (await AskAsync(app, "/operate")).Should().Be("ok local * Operator");
    }

    [Theory]
    [InlineData("Forwarded", "for=1.2.3.4")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-proto", "https")]
    [InlineData("Host", "gateway.example")]
    [InlineData("Host", "localhost.example:80")]
    [InlineData("Host", "10.0.0.1")]
    public async Task Keyless_refuses_what_may_come_from_elsewhere(string header, string value)
    {
        await using var app = await StartAsync("Development", []);
        (await AskAsync(app, "/view", request => request.Headers.TryAddWithoutValidation(header, value))).Should().Be("forbidden");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1:80")]
    [InlineData("[::1]:8080")]
    public async Task Keyless_answers_to_its_own_names(string host)
    {
        await using var app = await StartAsync("Development", []);
        (await AskAsync(app, "/view", request => request.Headers.Host = host)).Should().StartWith("ok local");
    }

    [Theory]
    [InlineData("application/json", "ok local * Operator")]
    [InlineData("application/json; charset=utf-8", "ok local * Operator")]
    [InlineData("text/plain", "unsupported-media-type")]
    [InlineData("application/x-www-form-urlencoded", "unsupported-media-type")]
    [InlineData("multipart/form-data; boundary=x", "unsupported-media-type")]
    [InlineData("text/json", "unsupported-media-type")]
    [InlineData(null, "unsupported-media-type")]
    public async Task Keyless_takes_no_post_that_a_form_could_send(string? contentType, string expected)
    {
        await using var app = await StartAsync("Development", []);
        (await AskAsync(app, "/post", request =>
        {
            request.Method = HttpMethod.Post;
            request.Content = new ByteArrayContent(contentType is null ? [] : [(byte)'{', (byte)'}']);
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        })).Should().Be(expected);
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData(null)]
    public async Task Keyless_serves_this_machine_only(string? address)
    {
        var options = Options.Create(new AccessOptions { Mode = "none" });
        using var ring = new KeyRing(options, TimeProvider.System);
        var gate = new AccessGate(options, ring, new Tokens(options, TimeProvider.System), new Environment("Development"));
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString("localhost");
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);

        var asking = async () => await gate.IdentifyAsync(context);
        (await asking.Should().ThrowAsync<RefusedException>()).Which.Code.Should().Be("forbidden");

        context.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:127.0.0.1");
        (await gate.IdentifyAsync(context))!.Role.Should().Be(Role.Operator);

        ring.Take([], all: 1);
        (await asking.Should().ThrowAsync<RefusedException>()).Which.Code.Should().Be("unauthenticated", "there was a key");
    }

    [Theory]
    [InlineData("Access:Keys:0:Id", "Access:Mode is none, and Access:Keys has keys*")]
    [InlineData("Access:Jwt:Audience", "*Access:Mode is none, and Access:Jwt is there*")]
    public async Task Where_there_is_another_way_in_nobody_comes_in_without_a_key(string setting, string expected)
    {
        var settings = new Dictionary<string, string?> { [setting] = "x" };
        if (setting.Contains("Keys", StringComparison.Ordinal))
            (settings["Access:Keys:0:Sha256"], settings["Access:Keys:0:Role"], settings["Access:Keys:0:Tenant"]) = (new string('0', 64), "viewer", "a");
        else
            (settings["Access:Jwt:Issuer"], settings["Access:Jwt:Keys"]) = ("i", Path.GetTempPath());

        var open = () => StartAsync("Development", new(settings) { ["Access:Mode"] = "none" });
        (await open.Should().ThrowAsync<OptionsValidationException>()).WithMessage(expected);
        // Development is keyless only where nobody says otherwise.
        await using var app = await StartAsync("Development", settings);
        (await AskAsync(app, "/view")).Should().Be("unauthenticated");
    }

    [Fact]
    public void Everything_wrong_with_the_settings_is_said_at_once()
    {
        var result = new AccessOptionsValidator(new Environment("Production")).Validate(null, new AccessOptions
        {
            Mode = "off",
            Keys =
            [
                new() { Id = "a b", Sha256 = "12", Role = "root", Tenant = "" },
                new() { Id = "x", Sha256 = new string('0', 64), Role = "viewer", Tenant = "*" },
                new() { Id = "x", Sha256 = new string('0', 64), Role = "viewer", Tenant = "t" },
            ],
        });

        result.Failures.Should().HaveCount(6);
        string.Join('\n', result.Failures!).Should().ContainAll("Access:Mode is 'off'", "Keys:0:Id", "Keys:0:Sha256", "Keys:0:Role", "Keys:0:Tenant", "Keys:2:Id is 'x'");
    }

    private static string KeyOf(string id) => $"wfg_{id}_secret-of-{id}";

    private static Task<WebApplication> KeyedAsync()
    {
        var settings = new Dictionary<string, string?> { ["Access:Mode"] = "keys" };
        for (var i = 0; i < Keys.Length; i++)
        {
            settings[$"Access:Keys:{i}:Id"] = Keys[i];
            settings[$"Access:Keys:{i}:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(Keys[i]))));
            settings[$"Access:Keys:{i}:Role"] = new[] { "viewer", "caller", "operator" }[i];
            settings[$"Access:Keys:{i}:Tenant"] = Keys[i] == "admin" ? "*" : "t1";
        }

        return StartAsync("Production", settings);
    }

    private static async Task<WebApplication> StartAsync(string environment, Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Configuration.AddInMemoryCollection(settings);
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
                await context.Response.WriteAsync(refused.Code);
            }
        });
        app.UseRouting();
        app.UseAccess();
        app.MapGet("/view", Answer).RequireRole(Role.Viewer);
        app.MapGet("/call", Answer).RequireRole(Role.Caller);
        app.MapGet("/operate", Answer).RequireRole(Role.Operator);
        app.MapPost("/post", Answer).RequireRole(Role.Caller);
        app.MapGet("/unmarked", Answer);
        app.MapGet("/public", (HttpContext context) => context.Response.WriteAsync("public")).Public();
        app.UseEndpoints(_ => { });
        app.Run(context => context.Response.WriteAsync("nothing here"));
        await app.StartAsync();
        return app;

        static Task Answer(HttpContext context)
        {
            var caller = context.Caller();
            return context.Response.WriteAsync($"ok {caller.Name} {caller.Tenant ?? "*"} {caller.Role}");
        }
    }

    private static async Task<string> AskAsync(WebApplication app, string path, Action<HttpRequestMessage>? change = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Urls.Single() + path));
        change?.Invoke(request);
        using var response = await client.SendAsync(request);
        return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync() : $"{(int)response.StatusCode}";
    }

    private sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;
        public string ApplicationName { get; set; } = "tests";
        public string ContentRootPath { get; set; } = "/";
        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } = new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
