using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Access;

namespace WorkflowGateway.Tests.Access;

/// <summary>Every endpoint that the gateway has, times every kind of caller that it must refuse. An endpoint without a row here fails.</summary>
public sealed partial class AccessMatrixTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>, IAsyncLifetime
{
    private static readonly Dictionary<string, Row> Rows = new(StringComparer.Ordinal)
    {
        ["GET /"] = new(Kind.Public),
        ["GET /openapi/v1.json"] = new(Kind.Public),
        ["GET /health/live"] = new(Kind.Public),
        ["GET /health/ready"] = new(Kind.Public),
        ["GET /problems"] = new(Kind.Public),
        ["GET /problems/{code}"] = new(Kind.Public),
        ["POST /v1/vendor-events/{connection}"] = new(Kind.Signed),
        ["GET /metrics"] = new(Kind.AllTenants, Role.Viewer, KeyOperations.Metrics),
        ["POST /v1/runs"] = new(Kind.Start, Role.Caller, KeyOperations.Start, """{"workflow":"ask"}"""),
        ["GET /v1/runs"] = new(Kind.List, Role.Viewer, KeyOperations.List),
        ["GET /v1/runs/{runId}"] = new(Kind.Run, Role.Viewer, KeyOperations.Get),
        ["GET /v1/runs/{runId}/events"] = new(Kind.Run, Role.Viewer, KeyOperations.Get),
        ["GET /v1/runs/{runId}/logs"] = new(Kind.Run, Role.Viewer, KeyOperations.Logs),
        ["POST /v1/runs/{runId}/respond"] = new(Kind.Run, Role.Caller, KeyOperations.Respond, """{"interactionId":"i","type":"accept"}"""),
        ["POST /v1/runs/{runId}/data"] = new(Kind.Run, Role.Caller, KeyOperations.Data, """{"data":{}}"""),
        ["POST /v1/runs/{runId}/pause"] = new(Kind.Run, Role.Caller, KeyOperations.Pause, "{}"),
        ["POST /v1/runs/{runId}/resume"] = new(Kind.Run, Role.Caller, KeyOperations.Resume, "{}"),
        ["POST /v1/runs/{runId}/stop"] = new(Kind.Run, Role.Caller, KeyOperations.Stop, "{}"),
        ["POST /v1/runs/{runId}/resolve"] = new(Kind.Run, Role.Operator, KeyOperations.Resolve, """{"abandon":"x"}"""),
        ["GET /v1/events"] = new(Kind.List, Role.Viewer, KeyOperations.List),
        ["GET /v1/interactions"] = new(Kind.List, Role.Viewer, KeyOperations.List),
        ["GET /v1/counts"] = new(Kind.List, Role.Viewer, KeyOperations.List),
        ["GET /v1/workflows"] = new(Kind.List, Role.Viewer, KeyOperations.List),
        ["GET /v1/workflows/{name}"] = new(Kind.Workflow, Role.Viewer, KeyOperations.List),
        ["GET /v1/connections"] = new(Kind.AdminList, Role.Operator, KeyOperations.Connections),
        ["GET /v1/connections/{name}"] = new(Kind.Connection, Role.Operator, KeyOperations.Connections),
        ["POST /v1/routes/explain"] = new(Kind.Ask, Role.Operator, KeyOperations.Plan, """{"workflow":"ask"}"""),
        ["POST /v1/routes/plan"] = new(Kind.Ask, Role.Operator, KeyOperations.Plan, """{"configuration":{"connections":{},"workflows":{}},"hours":1}"""),
        ["POST /v1/webhooks"] = new(Kind.Ask, Role.Operator, KeyOperations.Webhooks, """{"url":"http://127.0.0.1:9/hook"}"""),
        ["GET /v1/webhooks"] = new(Kind.AdminList, Role.Operator, KeyOperations.Webhooks),
        ["GET /v1/webhooks/{webhookId}"] = new(Kind.Webhook, Role.Operator, KeyOperations.Webhooks),
        ["PATCH /v1/webhooks/{webhookId}"] = new(Kind.Webhook, Role.Operator, KeyOperations.Webhooks, """{"enabled":true}"""),
        ["GET /v1/webhooks/{webhookId}/deliveries"] = new(Kind.Webhook, Role.Operator, KeyOperations.Webhooks),
        ["POST /v1/webhooks/{webhookId}/rotate"] = new(Kind.Webhook, Role.Operator, KeyOperations.Webhooks, "{}"),
        ["POST /v1/webhooks/{webhookId}/replay"] = new(Kind.Webhook, Role.Operator, KeyOperations.Webhooks, """{"after":"0"}"""),
        ["POST /v1/webhooks/{webhookId}/test"] = new(Kind.Webhook, Role.Operator, KeyOperations.Webhooks, "{}"),
        ["DELETE /v1/webhooks/{webhookId}"] = new(Kind.Webhook, Role.Operator, KeyOperations.Webhooks),
        ["POST /v1/keys"] = new(Kind.Ask, Role.Operator, KeyOperations.Keys, """{"role":"viewer"}"""),
        ["GET /v1/keys"] = new(Kind.AdminList, Role.Operator, KeyOperations.Keys),
        ["DELETE /v1/keys/{keyId}"] = new(Kind.Key, Role.Operator, KeyOperations.Keys),
        ["GET /v1/audit"] = new(Kind.AdminList, Role.Operator, KeyOperations.Audit),
        ["GET /v1/connections/{name}/native/{**path}"] = new(Kind.Connection, Role.Operator, KeyOperations.Native),
        ["HEAD /v1/connections/{name}/native/{**path}"] = new(Kind.Connection, Role.Operator, KeyOperations.Native),
        ["POST /v1/connections/{name}/native/{**path}"] = new(Kind.Connection, Role.Operator, KeyOperations.Native, "{}"),
        ["PUT /v1/connections/{name}/native/{**path}"] = new(Kind.Connection, Role.Operator, KeyOperations.Native, "{}"),
        ["PATCH /v1/connections/{name}/native/{**path}"] = new(Kind.Connection, Role.Operator, KeyOperations.Native, "{}"),
        ["DELETE /v1/connections/{name}/native/{**path}"] = new(Kind.Connection, Role.Operator, KeyOperations.Native),
    };

    private Things _of = null!;

    private enum Kind
    {
        Public, Signed, AllTenants, Start, List, AdminList, Ask, Run, Workflow, Connection, Webhook, Key,
    }

    public async Task InitializeAsync() => _of = await MakeAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Nobody_comes_in_without_a_good_key_or_token()
    {
        var revoked = await MakeKeyAsync("a-operator", new { role = "operator" });
        (await SendAsync("DELETE", "/v1/keys/" + revoked.Split('_')[1], Key("a-operator"))).Status.Should().Be(204);
        var now = TimeProvider.System.GetUtcNow();
        var payload = gateway.Authority.Payload(now);
        payload["role"] = "operator";
        var token = gateway.Authority.Sign(Authority.Header(), payload);
        payload["exp"] = now.AddHours(-1).ToUnixTimeSeconds();
        var expired = gateway.Authority.Sign(Authority.Header(), payload);
        string?[] wrong =
        [
            null, "", "Bearer", "Basic eDp5", "wfg_a-operator_secret-of-a-operator", "Bearer wfg_a-operator_wrong", "Bearer wfg_nobody_secret", "Bearer wfg_", "Bearer " + revoked,
            "Bearer " + expired, "Bearer " + token[..^6] + "AAAAAA", "Bearer " + gateway.Authority.Sign(Authority.Header("HS256"), gateway.Authority.Payload(now)),
            "Bearer " + gateway.Authority.Sign(Authority.Header("none"), gateway.Authority.Payload(now)), "Bearer " + gateway.Authority.Sign(Authority.Header(kid: "k9"), gateway.Authority.Payload(now)),
        ];
        var before = await StateAsync();

        foreach (var (method, pattern, row) in Closed())
            foreach (var authorization in wrong)
                (await SendAsync(method, Things.Path(pattern, _of), authorization, row.Body)).Status.Should().Be(401, $"{method} {pattern} with {authorization ?? "nothing"}");
        (await SendAsync("GET", "/v1/counts", "Bearer " + token)).Status.Should().Be(200, "the token would have been good");
        (await StateAsync()).Should().Be(before);
    }

    [Fact]
    public async Task A_role_below_a_key_for_other_operations_and_a_key_for_other_workflows_change_nothing()
    {
        var elsewhere = "Bearer " + await MakeKeyAsync("a-operator", new { role = "operator", workflows = new[] { "routed" } });
        var before = await StateAsync();
        foreach (var (method, pattern, row) in Closed())
        {
            var (path, where) = (Things.Path(pattern, _of), $"{method} {pattern}");
            if (row.Role > Role.Viewer) (await SendAsync(method, path, Key("a-viewer"), row.Body)).Status.Should().Be(403, where);
            if (row.Role > Role.Caller) (await SendAsync(method, path, Key("a-caller"), row.Body)).Status.Should().Be(403, where);
            if (row.Kind == Kind.AllTenants) (await SendAsync(method, path, Key("a-operator"), row.Body)).Status.Should().Be(403, where);

            KeyOperations.All.Should().Contain(row.Operation, where);
            var others = "Bearer " + await MakeKeyAsync("all", new { role = "operator", tenant = "*", operations = KeyOperations.All.Where(word => word != row.Operation) });
            (await SendAsync(method, path, others, row.Body)).Status.Should().Be(403, where);

            var (status, body, _) = await SendAsync(method, path, elsewhere, row.Body);
            if (row.Kind == Kind.List) (status, body.Contains(_of.Run, StringComparison.Ordinal), body.Contains("\"ask\"", StringComparison.Ordinal)).Should().Be((200, false, false), where);
            else if (row.Kind is Kind.Run or Kind.Workflow) await SameAsAbsentAsync(method, pattern, row, elsewhere, row.Kind == Kind.Workflow ? _of with { Workflow = "ask" } : _of, _of.Absent with { Workflow = "xyz" });
            else status.Should().Be(403, where);
        }

        (await StateAsync()).Should().Be(before);
    }

    [Fact]
    public async Task What_belongs_to_another_tenant_is_not_there()
    {
        var token = gateway.Authority.Payload(TimeProvider.System.GetUtcNow());
        (token["tenant"], token["role"]) = ("b", "operator");
        string[] strangers = [Key("b-operator"), "Bearer " + gateway.Authority.Sign(Authority.Header(), token)];
        // The audit log tells a stranger what he asked for himself: of these he never heard.
        var unheard = await MakeAsync();
        var before = await StateAsync();
        foreach (var (method, pattern, row) in Closed())
        {
            if (row.Kind is Kind.Workflow or Kind.Connection) await SameAsAbsentAsync(method, pattern, row, Key("a-operator"), _of, _of.Absent);
            if (row.Kind is Kind.Run or Kind.Webhook or Kind.Key)
                foreach (var stranger in strangers) await SameAsAbsentAsync(method, pattern, row, stranger, _of, _of.Absent);
            if (row.Kind is not (Kind.List or Kind.AdminList)) continue;
            foreach (var stranger in strangers)
            {
                var (status, body, _) = await SendAsync(method, Things.Path(pattern, _of) + (pattern.EndsWith("connections", StringComparison.Ordinal) || pattern.EndsWith("workflows", StringComparison.Ordinal) || pattern.EndsWith("counts", StringComparison.Ordinal) ? "" : "?pageSize=500"), stranger);
                status.Should().Be(200, pattern);
                foreach (var thing in (string[])[unheard.Run, unheard.Webhook, unheard.Key, "a-caller", "a-operator"]) body.Should().NotContain(thing, pattern);
            }
        }

        (await StateAsync()).Should().Be(before);
    }

    [Fact]
    public async Task Cursors_tokens_and_keys_of_another_tenant_open_nothing()
    {
        await MakeAsync();
        var page = JsonElement.Parse((await SendAsync("GET", "/v1/runs?pageSize=1", Key("a-operator"))).Body);
        var theirs = await SendAsync("GET", "/v1/runs?pageSize=1&pageToken=" + page.Text("nextPageToken"), Key("b-operator"));
        theirs.Body.Should().NotContain(_of.Run).And.NotContain("\"workflow\":\"ask\"");
        foreach (var list in (string[])["/v1/webhooks", "/v1/keys", "/v1/audit", "/v1/interactions"])
        {
            await MakeAsync();
            if (JsonElement.Parse((await SendAsync("GET", list + "?pageSize=1", Key("a-operator"))).Body).Text("nextPageToken") is not { } token) throw new InvalidOperationException($"{list} has one page only.");
            var answer = await SendAsync("GET", $"{list}?pageSize=1&pageToken={token}", Key("b-operator"));
            foreach (var thing in (string[])[_of.Run, _of.Webhook, _of.Key, "a-operator"]) answer.Body.Should().NotContain(thing, list);
        }

        foreach (var header in (string?[])[null, "0"])
        {
            var events = await SendAsync("GET", header is null ? "/v1/events?after=0&pageSize=500" : "/v1/events?pageSize=500", Key("b-operator"), null, header is null ? [] : [("Last-Event-ID", header)]);
            (events.Status, events.Body.Contains(_of.Run, StringComparison.Ordinal)).Should().Be((200, false));
        }

        var once = ("Idempotency-Key", "theirs-" + _of.Run);
        var first = await SendAsync("POST", "/v1/runs", Key("a-operator"), """{"workflow":"ask"}""", once);
        var second = await SendAsync("POST", "/v1/runs", Key("b-operator"), """{"workflow":"routed"}""", once);
        (first.Status, second.Status, second.Headers.Contains("Idempotent-Replayed", StringComparison.Ordinal)).Should().Be((201, 201, false), second.Body);
    }

    [Fact]
    public async Task The_right_caller_is_let_in_everywhere()
    {
        var own = await MakeAsync();
        // What takes a thing away comes last.
        foreach (var (method, pattern, row) in Closed().OrderBy(endpoint => endpoint.Method == "DELETE"))
        {
            var (status, body, headers) = await SendAsync(method, Things.Path(pattern, own), Key("all"), row.Body);
            // What a vendor says of it is the vendor's.
            if (headers.Contains("Gateway-Native: vendor", StringComparison.Ordinal)) continue;
            status.Should().NotBe(401).And.NotBe(403).And.NotBe(404, $"{method} {pattern}: {body}").And.BeLessThan(500, body);
        }
    }

    // Every endpoint has a row, every row an endpoint, and both say the same of who may come in.
    private IEnumerable<(string Method, string Pattern, Row Row)> Closed()
    {
        var seen = new HashSet<string>();
        foreach (var endpoint in gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])
            {
                var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
                Rows.Should().ContainKey($"{method} {pattern}", "a new endpoint gets a row here");
                seen.Add($"{method} {pattern}");
                var row = Rows[$"{method} {pattern}"];
                (endpoint.Metadata.GetMetadata<PublicEndpoint>() is not null).Should().Be(row.Kind == Kind.Public, pattern);
                (endpoint.Metadata.GetMetadata<SignedEndpoint>() is not null).Should().Be(row.Kind == Kind.Signed, pattern);
                (endpoint.Metadata.GetMetadata<AllTenantsEndpoint>() is not null).Should().Be(row.Kind == Kind.AllTenants, pattern);
                if (row.Kind is Kind.Public or Kind.Signed) continue;
                endpoint.Metadata.GetMetadata<RequiredRole>().Should().Be(new RequiredRole(row.Role, row.Operation), $"{method} {pattern}");
                yield return (method == "*" ? "POST" : method, pattern, row);
            }
        }

        Rows.Keys.Should().BeEquivalentTo(seen);
    }

    private async Task SameAsAbsentAsync(string method, string pattern, Row row, string caller, Things there, Things absent)
    {
        var theirs = await SendAsync(method, Things.Path(pattern, there), caller, row.Body);
        var nobodys = await SendAsync(method, Things.Path(pattern, absent), caller, row.Body);
        theirs.Status.Should().Be(404, $"{method} {pattern}");
        Plain(theirs.Body, there).Should().Be(Plain(nobodys.Body, absent), $"{method} {pattern}");
        Plain(theirs.Headers, there).Should().Be(Plain(nobodys.Headers, absent), $"{method} {pattern}");
    }

    // All that may differ is the id that was asked for, the request's own trace, with its length, and the moment.
    private static string Plain(string text, Things things) => Volatile().Replace(
        text.Replace(things.Run, "ID", StringComparison.Ordinal).Replace(things.Webhook, "ID", StringComparison.Ordinal).Replace(things.Key, "ID", StringComparison.Ordinal)
            .Replace(things.Workflow, "ID", StringComparison.Ordinal).Replace(things.Connection, "ID", StringComparison.Ordinal), "");

    [GeneratedRegex("\"traceId\":\"[^\"]*\"|Content-Length: [^\n]*|Date: [^\n]*|RateLimit: [^\n]*")]
    private static partial Regex Volatile();

    private async Task<string> StateAsync()
    {
        var state = new StringBuilder();
        foreach (var path in (string[])["/v1/counts", "/v1/runs/" + _of.Run, "/v1/webhooks/" + _of.Webhook])
        {
            var body = JsonNode.Parse((await SendAsync("GET", path, Key("all"))).Body)!.AsObject();
            foreach (var member in (string[])["observation", "actions", "updatedAt"]) body.Remove(member);
            state.AppendLine(body.ToJsonString());
        }

        var keys = JsonElement.Parse((await SendAsync("GET", "/v1/keys?pageSize=500", Key("all"))).Body).GetProperty("keys").EnumerateArray().Single(key => key.Text("id") == _of.Key);
        return state.Append(keys.GetRawText()).ToString();
    }

    private async Task<Things> MakeAsync()
    {
        var run = await SendAsync("POST", "/v1/runs", Key("a-caller"), """{"workflow":"ask"}""");
        var webhook = await SendAsync("POST", "/v1/webhooks", Key("a-operator"), """{"url":"http://127.0.0.1:9/hook","enabled":false}""");
        (run.Status, webhook.Status).Should().Be((201, 201), webhook.Body);
        var key = (await MakeKeyAsync("a-operator", new { role = "viewer" })).Split('_')[1];
        return new Things(JsonElement.Parse(run.Body).Text("id")!, JsonElement.Parse(webhook.Body).Text("id")!, key, "only-b", "of-b");
    }

    private async Task<string> MakeKeyAsync(string by, object body)
    {
        var (status, made) = await gateway.SendAsync(by, HttpMethod.Post, "/v1/keys", body);
        status.Should().Be(201, made.ToString());
        return made.Text("key")!;
    }

    private static string Key(string id) => "Bearer " + KeyedGateway.KeyOf(id);

    private async Task<(int Status, string Body, string Headers)> SendAsync(string method, string path, string? authorization, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await gateway.Client.SendAsync(request);
        var told = answer.Headers.Concat(answer.Content.Headers).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}\n").Order(StringComparer.Ordinal);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), string.Concat(told));
    }

    /// <param name="Kind">What it is about.</param>
    /// <param name="Role">The least role that may call it.</param>
    /// <param name="Operation">What a key must be for.</param>
    /// <param name="Body">A body with which it would do something.</param>
    private sealed record Row(Kind Kind, Role Role = default, string? Operation = null, string? Body = null);

    private sealed record Things(string Run, string Webhook, string Key, string Workflow, string Connection)
    {
        public Things Absent => new(string.Concat(Run.AsSpan(0, Run.Length - 8), "00000000"), string.Concat(Webhook.AsSpan(0, Webhook.Length - 8), "00000000"), string.Concat(Key.AsSpan(0, Key.Length - 8), "00000000"), "only-z", "of-z");

        public static string Path(string pattern, Things things) => pattern.Replace("{runId}", things.Run, StringComparison.Ordinal).Replace("{webhookId}", things.Webhook, StringComparison.Ordinal)
            .Replace("{keyId}", things.Key, StringComparison.Ordinal).Replace("{name}", pattern.Contains("workflows", StringComparison.Ordinal) ? things.Workflow : things.Connection, StringComparison.Ordinal)
            .Replace("{**path}", "anything", StringComparison.Ordinal);
    }
}
