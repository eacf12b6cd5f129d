using System.Net.Http.Json;
using System.Text.Json;
using WorkflowGateway.Testing;
using WorkflowGateway.Tests.Access;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>The surface of webhooks, with keys of two tenants.</summary>
public sealed class WebhookApiTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    private const string Mine = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task A_secret_is_shown_once_and_never_again_also_to_who_asks_with_the_same_key()
    {
        var (status, made) = await PostAsync("a-operator", "", new { url = "https://hooks.example.com/", description = "CRM", statuses = new[] { "waiting", "final" }, workflows = new[] { "ask" }, enabled = false }, "make-1");
        status.Should().Be(201);
        var secret = made.Text("secret")!;
        secret.Should().StartWith("whsec_");
        Convert.FromBase64String(secret[6..]).Should().HaveCount(32);
        (made.Text("source"), made.Text("state"), made.Text("stateReason"), made.Text("description")).Should().Be(("api", "disabled", "operator", "CRM"));

        var again = await PostAsync("a-operator", "", new { url = "https://hooks.example.com/", description = "CRM", statuses = new[] { "waiting", "final" }, workflows = new[] { "ask" }, enabled = false }, "make-1");
        (again.Status, again.Body.Id(), again.Body.Text("secret")).Should().Be((201, made.Id(), secret), "its answer may have got lost");
        (await PostAsync("a-operator", "", new { url = "https://other.example.com/", enabled = false }, "make-1")).Body.Text("code").Should().Be("idempotency-key-reused");

        var path = "/v1/webhooks/" + made.Id();
        (await GetAsync("a-operator", path)).Body.TryGetProperty("secret", out _).Should().BeFalse();
        (await GetAsync("a-operator", "/v1/webhooks")).Body.GetRawText().Should().Contain(made.Id()).And.NotContain("whsec_");
        var (_, rotated) = await PostAsync("a-operator", $"/{made.Id()}/rotate", new { overlap = "1h" }, "rotate-1");
        rotated.Text("secret").Should().StartWith("whsec_").And.NotBe(secret);
        rotated.GetProperty("oldSecretUntil").ValueKind.Should().Be(JsonValueKind.String);
        (await PostAsync("a-operator", $"/{made.Id()}/rotate", new { overlap = "1h" }, "rotate-1")).Body.Text("secret").Should().Be(rotated.Text("secret"));
        // The key of the first stands for a secret that is no more.
        (await PostAsync("a-operator", "", new { url = "https://hooks.example.com/", description = "CRM", statuses = new[] { "waiting", "final" }, workflows = new[] { "ask" }, enabled = false }, "make-1"))
            .Body.TryGetProperty("secret", out _).Should().BeFalse();
        foreach (var word in (string[])[secret, rotated.Text("secret")!])
            File.ReadAllBytes(gateway.LedgerFile).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(word[6..])).Should().BeNegative("it is sealed");
    }

    [Fact]
    public async Task Another_tenants_webhook_is_not_there_and_webhooks_are_for_operators()
    {
        var (_, made) = await PostAsync("a-operator", "", new { url = "https://hooks.example.com/", enabled = false });
        var path = "/v1/webhooks/" + made.Id();
        (HttpMethod Method, string Path, object? Body)[] verbs =
        [
            (HttpMethod.Get, path, null), (HttpMethod.Patch, path, new { enabled = false }), (HttpMethod.Delete, path, null), (HttpMethod.Get, path + "/deliveries", null),
            (HttpMethod.Post, path + "/rotate", new { }), (HttpMethod.Post, path + "/replay", new { after = "0" }), (HttpMethod.Post, path + "/test", new { }),
        ];
        foreach (var (method, address, body) in verbs)
        {
            var theirs = await SendAsync("b-operator", method, address, body);
            var nobodys = await SendAsync("b-operator", method, address.Replace(made.Id(), "wh_" + new string('0', 32), StringComparison.Ordinal), body);
            (theirs.Status, theirs.Body.Text("code")).Should().Be((404, "not-found"), address);
            theirs.Body.GetRawText().Length.Should().Be(nobodys.Body.GetRawText().Length, address);
            (await SendAsync("a-viewer", method, address, body)).Status.Should().Be(403, address);
            (await SendAsync("a-caller", method, address, body)).Status.Should().Be(403, address);
        }

        (await GetAsync("b-operator", "/v1/webhooks")).Body.GetRawText().Should().NotContain(made.Id());
        (await GetAsync("all", path)).Status.Should().Be(200);
        var (_, everybodys) = await PostAsync("all", "", new { url = "https://hooks.example.com/", enabled = false });
        (await GetAsync("a-operator", "/v1/webhooks/" + everybodys.Id())).Status.Should().Be(404, "it is told of all tenants");
        (await SendAsync("a-operator", HttpMethod.Delete, path)).Status.Should().Be(204);
        (await GetAsync("a-operator", path)).Status.Should().Be(404);
    }

    [Fact]
    public async Task A_webhook_is_told_of_what_who_made_it_may_see()
    {
        await using var a = await Receiver.StartAsync();
        await using var all = await Receiver.StartAsync();
        var made = new[] { await PostAsync("a-operator", "", new { url = a.Url }), await PostAsync("all", "", new { url = all.Url }) };
        made.Should().OnlyContain(one => one.Status == 201);
        var theirs = (await gateway.SendAsync("b-operator", HttpMethod.Post, "/v1/runs", new { workflow = "ask" })).Body.Id();
        var mine = (await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow = "ask" })).Body.Id();

        await CoreRig.UntilAsync(() => all.All.Count(one => one.RunId == mine && one.Status == "waiting") == 1 && all.All.Count(one => one.RunId == theirs && one.Status == "waiting") == 1);
        await CoreRig.UntilAsync(() => a.All.Any(one => one.RunId == mine && one.Status == "waiting"));

        a.All.Should().OnlyContain(one => one.RunId == mine);
        foreach (var (_, body) in made) await SendAsync("all", HttpMethod.Delete, "/v1/webhooks/" + body.Id());
    }

    [Fact]
    public async Task A_test_event_is_signed_and_says_what_the_receiver_said()
    {
        await using var receiver = await Receiver.StartAsync();
        var (_, made) = await PostAsync("a-operator", "", new { url = receiver.Url, secret = Mine, enabled = false });
        made.Text("secret").Should().Be(Mine);
        receiver.AnswerWith(418);

        var (status, said) = await PostAsync("a-operator", $"/{made.Id()}/test", new { });

        (status, said.GetProperty("status").GetInt32(), said.GetProperty("delivered").GetBoolean(), said.Text("error")).Should().Be((200, 418, false, "refused"));
        var one = receiver.All.Should().ContainSingle().Subject;
        (one.Id, one.Event.Text("id"), one.Event.Text("type"), one.Event.Text("subject")).Should().Be((said.Text("eventId")!, said.Text("eventId"), "webhook.test", made.Id()));
        await receiver.DisposeAsync();
        (await PostAsync("a-operator", $"/{made.Id()}/test", new { })).Body.Text("error").Should().Be("unreachable");
    }

    [Theory]
    [InlineData("""{}""", "/url")]
    [InlineData("""{"url":"https://h.example.com","uri":"x"}""", "/uri")]
    [InlineData("""{"url":5}""", "/url")]
    [InlineData("""{"url":"https://h.example.com","statuses":["wating"]}""", "/statuses/0")]
    [InlineData("""{"url":"https://h.example.com","statuses":"waiting"}""", "/statuses")]
    [InlineData("""{"url":"https://h.example.com","workflows":["aks"]}""", "/workflows/0")]
    [InlineData("""{"url":"https://h.example.com","enabled":"yes"}""", "/enabled")]
    [InlineData("""{"url":"https://h.example.com","secret":"hunter2"}""", "/secret")]
    [InlineData("""{"url":"https://h.example.com","secret":"whsec_c2hvcnQ="}""", "/secret")]
    [InlineData("""{"url":"https://h.example.com","after":"-1"}""", "/after")]
    [InlineData("""[]""", "")]
    public async Task A_wrong_body_is_refused_at_its_place(string json, string pointer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/webhooks") { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", KeyedGateway.KeyOf("a-operator"));
        using var answer = await gateway.Client.SendAsync(request);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        ((int)answer.StatusCode, problem.Text("code")).Should().Be((400, "validation-failed"), problem.ToString());
        problem.GetProperty("errors").EnumerateArray().Select(error => error.Text("pointer")).Should().Contain(pointer);
    }

    [Fact]
    public async Task Changes_rotations_and_replays_are_strict_too()
    {
        var (_, made) = await PostAsync("a-operator", "", new { url = "https://hooks.example.com/", description = "x", statuses = new[] { "final" }, enabled = false });
        var path = "/v1/webhooks/" + made.Id();
        foreach (var (method, address, body) in new (HttpMethod, string, object)[]
        {
            (HttpMethod.Patch, path, new { }), (HttpMethod.Patch, path, new { url = "http://10.0.0.1" }), (HttpMethod.Patch, path, new { secret = Mine }), (HttpMethod.Patch, path, new { url = (string?)null }),
            (HttpMethod.Post, path + "/rotate", new { overlap = "tomorrow" }), (HttpMethod.Post, path + "/rotate", new { overlap = "31d" }), (HttpMethod.Post, path + "/replay", new { }),
            (HttpMethod.Post, path + "/replay", new { after = 5 }), (HttpMethod.Post, path + "/test", new { body = "x" }),
        })
        {
            var (status, problem) = await SendAsync("a-operator", method, address, body);
            (status, problem.Text("code")).Should().Be((400, "validation-failed"), $"{address} {problem}");
        }

        (await GetAsync("a-operator", path + "/deliveries?state=ded")).Body.GetProperty("errors")[0].Text("detail").Should().Contain("dead");
        var changed = await SendAsync("a-operator", HttpMethod.Patch, path, new { description = (string?)null, statuses = (string[]?)null });
        (changed.Status, changed.Body.Text("description"), changed.Body.GetProperty("statuses").GetArrayLength(), changed.Body.Text("url")).Should().Be((200, null, 0, "https://hooks.example.com/"));
        (await GetAsync("a-operator", "/v1/webhooks?pageSize=1")).Body.Text("nextPageToken").Should().NotBeNull();
    }

    private Task<(int Status, JsonElement Body)> PostAsync(string key, string path, object body, string? once = null) =>
        once is null ? gateway.SendAsync(key, HttpMethod.Post, "/v1/webhooks" + path, body) : gateway.SendAsync(key, HttpMethod.Post, "/v1/webhooks" + path, body, ("Idempotency-Key", once));

    private Task<(int Status, JsonElement Body)> GetAsync(string key, string path) => gateway.SendAsync(key, HttpMethod.Get, path);

    private async Task<(int Status, JsonElement Body)> SendAsync(string key, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", KeyedGateway.KeyOf(key));
        using var answer = await gateway.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default);
    }
}
