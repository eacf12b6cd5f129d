using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Tests.Api;

/// <summary>Whatever is wrong with a request: it gets its problem, stores nothing and reaches no vendor.</summary>
public sealed class BadRequestTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>, IAsyncLifetime
{
    private const string SomeRun = "/v1/runs/run_0199c8a2b3c47d5e8f90a1b2c3d4e5f6";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        (await gateway.ReadAsync("/v1/counts")).GetProperty("counts").GetArrayLength().Should().Be(0);
        gateway.Sandbox.Ledger.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"workflow":""", "malformed-json", "Line 1, byte 13")]
    [InlineData("""{"workflow":"a","workflow":"b"}""", "malformed-json", "Duplicate")]
    [InlineData("""{"workflow":"\ud800"}""", "malformed-json", "surrogate")]
    [InlineData("""["workflow"]""", "validation-failed", "an array")]
    [InlineData("""{}""", "validation-failed", "/workflow: Is required")]
    [InlineData("""{"workflow":7}""", "validation-failed", "/workflow: Must be a string, not a number")]
    [InlineData("""{"workflow":""}""", "validation-failed", "/workflow: Must not be empty")]
    [InlineData("""{"workflow":"a","inptu":{}}""", "validation-failed", "/inptu: Is not a member here. Did you mean 'input'?")]
    [InlineData("""{"workflow":"a","labels":{"A":"x"}}""", "validation-failed", "/labels/A: A label's key")]
    [InlineData("""{"workflow":"a","labels":{"a":1}}""", "validation-failed", "/labels/a: Must be a string")]
    [InlineData("""{"workflow":"a","labels":["a"]}""", "validation-failed", "/labels: Must be an object, not an array")]
    [InlineData("""{"workflow":"a","correlationId":"a\nb"}""", "validation-failed", "/correlationId: Has control characters")]
    public async Task A_start_that_cannot_be_read_names_the_place_and_the_fix(string body, string code, string detail)
    {
        var problem = await gateway.Client.SendAsync(Post("/v1/runs", body)).ShouldBeProblemAsync(400, code);
        problem.Detail().Should().Contain(detail);
    }

    [Theory]
    [InlineData("""{"workflow":"cancel-subscriptoin"}""", 404, "unknown-workflow", "cancel-subscription")]
    [InlineData("""{"workflow":"cancel-subscription","input":{}}""", 400, "validation-failed", "subscriptionId")]
    [InlineData("""{"workflow":"cancel-subscription","input":{"subscriptionId":7}}""", 400, "validation-failed", "subscriptionId")]
    [InlineData("""{"workflow":"only-in-europe"}""", 422, "no-route", "region")]
    [InlineData("""{"workflow":"nothing-to-run","connection":"nowhere"}""", 422, "no-route", "nowhere")]
    public async Task A_start_that_nothing_can_serve_says_why(string body, int status, string code, string hint) =>
        (await gateway.Client.SendAsync(Post("/v1/runs", body)).ShouldBeProblemAsync(status, code)).GetRawText().Should().Contain(hint);

    [Fact]
    public Task A_dry_run_is_for_vendors_that_have_it() =>
        gateway.Client.SendAsync(Post("/v1/runs?dryRun=true", """{"workflow":"patient-intake"}""")).ShouldBeProblemAsync(422, "capability-unsupported");

    [Fact]
    public async Task Everything_wrong_is_told_at_once()
    {
        var problem = await gateway.Client.SendAsync(Post("/v1/runs", """{"inptu":1,"subject":2,"labels":3}""")).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().Should().BeEquivalentTo("/workflow", "/subject", "/labels", "/inptu");
    }

    [Fact]
    public async Task A_body_nested_too_deep_is_refused()
    {
        var deep = $$"""{"workflow":"a","input":{{new string('[', 40)}}{{new string(']', 40)}}}""";
        (await gateway.Client.SendAsync(Post("/v1/runs", deep)).ShouldBeProblemAsync(400, "malformed-json")).Detail().Should().Contain("depth of 32");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_a_mebibyte_is_refused(bool chunked)
    {
        var request = Post("/v1/runs", "\"" + new string('x', (1 << 20) + 1) + "\"");
        request.Headers.TransferEncodingChunked = chunked;
        await gateway.Client.SendAsync(request).ShouldBeProblemAsync(413, "payload-too-large");
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/json", "gzip")]
    public async Task A_body_of_another_kind_is_refused(string type, string? encoding)
    {
        var request = Post("/v1/runs", "{}");
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) request.Content.Headers.ContentEncoding.Add(encoding);
        await gateway.Client.SendAsync(request).ShouldBeProblemAsync(415, "unsupported-media-type");
    }

    [Fact]
    public async Task A_body_that_is_not_utf8_is_refused()
    {
        var request = Post("/v1/runs", "");
        request.Content = new ByteArrayContent([(byte)'"', 0xff, (byte)'"']);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        await gateway.Client.SendAsync(request).ShouldBeProblemAsync(400, "malformed-json");
    }

    [Theory]
    [InlineData("/respond", """{"type":"accept"}""", "/interactionId")]
    [InlineData("/data", "", "/data")]
    [InlineData("/data", """{"data":[]}""", "/data")]
    [InlineData("/pause", """{"reason":"x"}""", "/reason")]
    [InlineData("/resume", """{"date":{}}""", "/date")]
    [InlineData("/resolve", """{"bind":"a","abandon":"b"}""", "")]
    [InlineData("/resolve", "{}", "")]
    public async Task A_command_that_cannot_be_read_names_the_place(string command, string body, string pointer)
    {
        var problem = await gateway.Client.SendAsync(Post(SomeRun + command, body)).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().First().Should().Be(pointer);
    }

    [Theory]
    [InlineData("?statsu=open", "statsu", "status")]
    [InlineData("?status=opne", "status", "open")]
    [InlineData("?pageSize=0", "pageSize", "500")]
    [InlineData("?pageSize=501", "pageSize", "500")]
    [InlineData("?createdAfter=yesterday", "createdAfter", "2026-01-31T09:00:00Z")]
    [InlineData("?label.A=x", "label.A", "key")]
    [InlineData("?workflow=a&workflow=b", "workflow", "more than once")]
    public async Task A_list_refuses_parameters_it_does_not_know_and_values_that_make_no_sense(string query, string name, string hint)
    {
        var problem = await gateway.SendAsync(HttpMethod.Get, "/v1/runs" + query).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().First().Should().Be(name);
        problem.Detail().Should().Contain(hint);
    }

    [Fact]
    public Task A_page_token_that_no_list_gave_is_refused() =>
        gateway.SendAsync(HttpMethod.Get, "/v1/runs?pageToken=abc").ShouldBeProblemAsync(400, "page-token-invalid");

    [Theory]
    [InlineData("GET", "/v1/runs/7")]
    [InlineData("GET", "/v1/runs/run_7/events")]
    [InlineData("POST", "/v1/runs/run_0199c8a2-b3c4-7d5e-8f90-a1b2c3d4e5f6/stop")]
    public Task An_id_of_a_wrong_form_names_no_run(string method, string path) =>
        gateway.SendAsync(new HttpMethod(method), path).ShouldBeProblemAsync(404, "run-not-found");

    [Theory]
    [InlineData("")]
    [InlineData("a,\tb")]
    public async Task An_idempotency_key_must_be_printable(string key)
    {
        var request = Post(SomeRun + "/stop", "");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key.Length == 0 ? new string('k', 256) : key);
        var problem = await gateway.Client.SendAsync(request).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().First().Should().Be("Idempotency-Key");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("W/\"7\"")]
    [InlineData("\"a\"")]
    [InlineData("\"7\", \"8\"")]
    public async Task If_match_must_be_one_version(string value)
    {
        var request = Post(SomeRun + "/stop", "");
        request.Headers.TryAddWithoutValidation("If-Match", value);
        var problem = await gateway.Client.SendAsync(request).ShouldBeProblemAsync(400, "validation-failed");
        problem.Pointers().First().Should().Be("If-Match");
    }

    [Theory]
    [InlineData("/v2/runs")]
    [InlineData("/problems/no-such-problem")]
    public Task An_address_that_names_nothing_is_a_problem_too(string path) =>
        gateway.SendAsync(HttpMethod.Get, path).ShouldBeProblemAsync(404, "not-found");

    [Fact]
    public async Task A_method_that_an_address_lacks_is_a_problem_that_names_those_it_has()
    {
        using var answer = await gateway.Client.DeleteAsync(new Uri("/v1/runs", UriKind.Relative));
        answer.Content.Headers.Allow.Should().BeEquivalentTo("GET", "POST");
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        problem.GetProperty("code").GetString().Should().Be("method-not-allowed");
    }

    [Fact]
    public async Task A_failure_inside_shows_nothing_of_the_inside()
    {
        var problem = await gateway.SendAsync(HttpMethod.Get, "/fails").ShouldBeProblemAsync(500, "internal-error");
        problem.GetRawText().Should().NotContain("secret-detail").And.NotContain("InvalidOperation");
    }

    private static HttpRequestMessage Post(string path, string body) => new(HttpMethod.Post, path)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
    };
}
