using System.Text.Json;
using WorkflowGateway.Tests.Access;

namespace WorkflowGateway.Tests.Api;

public sealed class ExplainTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    private const string Path = "/v1/routes/explain";

    [Fact]
    public async Task A_start_is_explained_and_nothing_stored_or_sent()
    {
        var sent = gateway.Sandbox.Ledger.Count;

        var (status, view) = await AskAsync("a-operator", new { workflow = "routed", labels = new { region = "eu" }, idempotencyKey = "order-1" });

        status.Should().Be(200, view.ToString());
        view.GetProperty("routes").EnumerateArray().Select(route => (route.Text("name"), route.GetProperty("taken").GetBoolean(), route.Text("reason"), Share(route))).Should().Equal(
            ("off", false, "It is not enabled.", null), ("us", false, "Its condition on labels.region does not hold.", null),
            ("eu-1", view.Text("route") == "eu-1", view.Text("route") == "eu-1" ? null : "Another route of the same weight group was drawn.", 0.75),
            ("eu-2", view.Text("route") == "eu-2", view.Text("route") == "eu-2" ? null : "Another route of the same weight group was drawn.", 0.25),
            ("rest", false, "A route before it matches.", null), ("spare", false, "Its weight is 0.", null));
        view.GetProperty("fallbacks").EnumerateArray().Select(one => (one.Text("name"), one.GetProperty("able").GetBoolean(), one.Text("reason"))).Should().Equal(
            ("us", false, "Its condition on labels.region does not hold."), ("spare", true, null));
        (view.Text("now"), view.GetProperty("request").Text("method")).Should().Be((view.Text("route"), "POST"));
        view.GetProperty("request").GetProperty("body").GetRawText().Should().Contain("cancellation").And.NotContain("sandbox");
        view.GetProperty("connections").EnumerateArray().Select(one => (one.Text("name"), one.GetProperty("enabled").GetBoolean(), one.GetProperty("breaker").Text("state"), one.GetProperty("admits").GetBoolean()))
            .Should().BeEquivalentTo([("juo", true, "closed", true), ("hooked", true, "closed", true)]);
        view.Text("revision").Should().StartWith("sha256:");
        gateway.Sandbox.Ledger.Should().HaveCount(sent);
        (await gateway.SendAsync("a-viewer", HttpMethod.Get, "/v1/runs?workflow=routed")).Body.GetProperty("runs").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task It_draws_as_a_start_with_that_key_does()
    {
        for (var i = 0; i < 12; i++)
        {
            var start = new { workflow = "routed", labels = new { region = "eu" } };
            var explained = (await AskAsync("a-operator", new { start.workflow, start.labels, idempotencyKey = $"key-{i}" })).Body;
            var preview = await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs?validateOnly=true", start, ("Idempotency-Key", $"key-{i}"));
            preview.Body.GetProperty("route").Text("name").Should().Be(explained.Text("route"));
            preview.Body.GetProperty("route").Text("revision").Should().Be(explained.Text("revision"));
        }
    }

    [Fact]
    public async Task Whoever_sees_all_tenants_may_ask_for_one()
    {
        (await AskAsync("all", new { workflow = "tenants", tenant = "b" })).Body.Text("route").Should().Be("b");
        (await AskAsync("all", new { workflow = "tenants", tenant = "a" })).Body.Text("route").Should().Be("a");
        (await AskAsync("b-operator", new { workflow = "tenants" })).Body.Text("route").Should().Be("b");
        (await AskAsync("b-operator", new { workflow = "tenants", tenant = "b" })).Status.Should().Be(200);
        var (status, problem) = await AskAsync("b-operator", new { workflow = "tenants", tenant = "a" });
        (status, problem.Text("code")).Should().Be((403, "forbidden"));
    }

    [Fact]
    public async Task It_names_no_route_of_another_tenant()
    {
        var view = (await AskAsync("a-operator", new { workflow = "tenants" })).Body;

        view.GetProperty("routes")[0].GetProperty("fallback").EnumerateArray().Select(name => name.GetString()).Should().Equal("b");
        view.GetRawText().Should().NotContain("bs-own").And.NotContain("of-b");
    }

    [Theory]
    [InlineData("""{ "workflow": "routd" }""", 404, "unknown-workflow", "/workflow")]
    [InlineData("""{ "workflow": "routed", "connection": "hookd" }""", 422, "no-route", "/connection")]
    [InlineData("""{ "workflow": "routed", "idempotencykey": "x" }""", 400, "validation-failed", "/idempotencykey")]
    [InlineData("""{ "workflow": "routed", "idempotencyKey": "ü" }""", 400, "validation-failed", "/idempotencyKey")]
    [InlineData("""{ "workflow": "ask-mine" }""", 400, "vendor-credential-missing", null)]
    [InlineData("""{ }""", 400, "validation-failed", "/workflow")]
    public async Task It_is_refused_as_the_start_would_be(string body, int status, string code, string? pointer)
    {
        var refused = await AskAsync("a-operator", JsonElement.Parse(body));

        (refused.Status, refused.Body.Text("code")).Should().Be((status, code), "{0}", refused.Body);
        if (pointer is not null) refused.Body.GetProperty("errors")[0].Text("pointer").Should().Be(pointer);
    }

    private static double? Share(JsonElement route) => route.GetProperty("share") is { ValueKind: JsonValueKind.Number } share ? share.GetDouble() : null;

    private Task<(int Status, JsonElement Body)> AskAsync(string key, object body) => gateway.SendAsync(key, HttpMethod.Post, Path, body);
}
