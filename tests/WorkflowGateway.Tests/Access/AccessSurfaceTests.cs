using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Access;

namespace WorkflowGateway.Tests.Access;

public sealed class AccessSurfaceTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    [Fact]
    public async Task Every_endpoint_is_closed_to_those_without_a_key_and_to_roles_below_its_own()
    {
        var run = await StartAsync("a-caller");
        var endpoints = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        endpoints.Should().NotBeEmpty();

        foreach (var endpoint in endpoints)
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{runId}", run, StringComparison.Ordinal)
                .Replace("{name}", "juo", StringComparison.Ordinal).Replace("{code}", "not-found", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
            var method = new HttpMethod(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET");
            var required = endpoint.Metadata.GetMetadata<RequiredRole>()?.Role;
            var anonymous = (await gateway.SendAsync(null, method, path)).Status;
            if (endpoint.Metadata.GetMetadata<PublicEndpoint>() is not null)
            {
                anonymous.Should().Be(200, path);
                continue;
            }

            if (endpoint.Metadata.GetMetadata<SignedEndpoint>() is not null)
            {
                anonymous.Should().Be(404, "there is no such connection");
                continue;
            }

            anonymous.Should().Be(401, path);
            required.Should().NotBeNull(path);
            var viewer = (await gateway.SendAsync("a-viewer", method, path)).Status;
            var caller = (await gateway.SendAsync("a-caller", method, path)).Status;
            if (endpoint.Metadata.GetMetadata<AllTenantsEndpoint>() is not null)
            {
                (viewer, caller, (await gateway.SendAsync("a-operator", method, path)).Status).Should().Be((403, 403, 403), path);
                continue;
            }

            (viewer == 403).Should().Be(required > Role.Viewer, path);
            (caller == 403).Should().Be(required > Role.Caller, path);
        }
    }

    [Fact]
    public async Task A_vendors_raw_words_are_for_operators()
    {
        var path = "/v1/runs/" + await StartAsync("a-caller") + "?include=native,evidence";
        foreach (var key in (string[])["a-viewer", "a-caller"])
        {
            var (status, problem) = await gateway.SendAsync(key, HttpMethod.Get, path);
            (status, problem.Text("code")).Should().Be((403, "forbidden"));
        }

        (await gateway.SendAsync("a-operator", HttpMethod.Get, path)).Status.Should().Be(200);
        (await gateway.SendAsync("b-operator", HttpMethod.Get, path)).Status.Should().Be(404);
    }

    [Fact]
    public async Task Another_tenants_run_is_not_there_for_any_verb()
    {
        var run = await StartAsync("a-caller");
        var absent = "run_" + Guid.Empty.ToString("N");
        (HttpMethod, string, object?)[] verbs =
        [
            (HttpMethod.Get, "", null), (HttpMethod.Get, "/events", null), (HttpMethod.Get, "/logs", null), (HttpMethod.Post, "/stop", new { }),
            (HttpMethod.Post, "/pause", new { }), (HttpMethod.Post, "/resume", new { }), (HttpMethod.Post, "/data", new { data = new { } }),
            (HttpMethod.Post, "/respond", new { interactionId = "i", type = "accept" }), (HttpMethod.Post, "/resolve", new { abandon = "x" }),
        ];

        foreach (var (method, verb, body) in verbs)
        {
            var theirs = await gateway.SendAsync("b-operator", method, $"/v1/runs/{run}{verb}", body);
            var nobodys = await gateway.SendAsync("b-operator", method, $"/v1/runs/{absent}{verb}", body);
            theirs.Status.Should().Be(404, verb);
            Same(theirs.Body, run).Should().Be(Same(nobodys.Body, absent), verb);
        }

        foreach (var list in (string[])["/v1/runs", "/v1/events", "/v1/interactions"])
        {
            (await gateway.SendAsync("a-viewer", HttpMethod.Get, list)).Body.GetRawText().Should().Contain(run, list);
            (await gateway.SendAsync("b-operator", HttpMethod.Get, list)).Body.GetRawText().Should().NotContain(run, list);
        }

        (await gateway.SendAsync("all", HttpMethod.Get, $"/v1/runs/{run}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task Equal_keys_of_two_tenants_are_two_runs()
    {
        var first = await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow = "ask" }, ("Idempotency-Key", "order-1"));
        var second = await gateway.SendAsync("b-operator", HttpMethod.Post, "/v1/runs", new { workflow = "ask" }, ("Idempotency-Key", "order-1"));

        (first.Status, second.Status).Should().Be((201, 201));
        second.Body.GetProperty("id").GetString().Should().NotBe(first.Body.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Naming_a_connection_is_for_operators()
    {
        (await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow = "ask", connection = "juo" })).Status.Should().Be(403);
        (await gateway.SendAsync("a-operator", HttpMethod.Post, "/v1/runs", new { workflow = "ask", connection = "juo" })).Status.Should().Be(201);
    }

    private async Task<string> StartAsync(string key)
    {
        var (status, body) = await gateway.SendAsync(key, HttpMethod.Post, "/v1/runs", new { workflow = "ask" });
        status.Should().Be(201);
        return body.GetProperty("id").GetString()!;
    }

    // All that may differ is the id that was asked for and the request's own trace.
    private static string Same(JsonElement problem, string run) =>
        string.Join('\n', problem.EnumerateObject().Where(member => member.Name != "traceId").Select(member => member.ToString().Replace(run, "RUN", StringComparison.Ordinal)));
}
