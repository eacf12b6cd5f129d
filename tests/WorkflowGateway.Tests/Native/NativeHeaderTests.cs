using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Native;

/// <summary>Whatever a caller writes into its headers: a vendor sees the connection's credential, tenant and host, and never the gateway's key.</summary>
// Who listens to spans does so for the whole process, and makes others be recorded: one after the other.
[Collection("spans")]
public sealed class NativeHeaderTests(NativeGateway gateway) : IClassFixture<NativeGateway>
{
    private const string Canary = "canary-of-the-caller";

    // Credentials, tenants, addresses, and names that some server on the way takes for one of these.
    private static readonly string[] Spoofed =
    [
        "X-Api-Key", "Api-Key", "Cookie", "Cookie2", "Authentication", "AUTHENTICATION", "X-Delegated-Token", "x-delegated-token", "X_Delegated_Token", "X-Auth-Token", "X-Csrf-Header",
        "Proxy-Authorization", "Proxy-Authenticate", "Proxy-Connection", "Proxy", "teamid", "TeamID", "team_id", "team-id", "uuid", "UUID", "X-Tenant-ID", "x-tenant-id", "X_Tenant_ID",
        "X-Shopify-Shop-Domain", "X-Interactly-API-Version", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port", "X_Forwarded_For",
        "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "True-Client-IP", "X-Host", "X-Original-Host", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Method-Override",
        "Vendor-Authorization", "Origin", "Referer", "User-Agent", "From", "Max-Forwards", "Trailer", "Keep-Alive", "traceparent", "tracestate", "baggage", "Request-Id", "X-Request-Id",
        "Destination", "Overwrite", "SOAPAction", "Prefer", "Cache-Control", "Pragma", "HTTP2-Settings", "X-Anything",
    ];

    private static readonly string Tricks = string.Concat(Spoofed.Select(name => $"{name}: {Canary}\r\n"))
        // Names what a server on the way must strip, so that the connection's own would be gone.
        + "Connection: close, Authorization, Authentication, X-Delegated-Token, teamid, uuid, X-Tenant-ID, Content-Length\r\n"
        + $"TE: trailers\r\nX-Tenant-ID: {Canary}\r\nteamid: {Canary}\r\n";

    public static TheoryData<string, string, string> Vendors => new()
    {
        { "juo", "X-Delegated-Token", "/workflows/2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" },
        { "interactly", "Authorization", "/v1/workflow-runs" },
        { "fortanix", "Authentication", "/v1/workflow_runs" },
    };

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task The_vendor_sees_the_connections_headers_and_none_of_the_callers(string method)
    {
        var body = method == "POST" ? "{}" : null;

        var answer = await gateway.SendAsync(method, $"/v1/connections/seen/native/spoofed-{method}", headers: Tricks + (body is null ? "" : "Content-Type: application/json\r\n"), body: body);

        answer.Status.Should().Be(200, answer.Body);
        var seen = gateway.Vendor.Seen.Should().ContainSingle(request => request.Target == $"/base/v2/spoofed-{method}").Which;
        (string, string)[] length = method == "GET" ? [] : [("Content-Length", $"{body?.Length ?? 0}")];
        (string, string)[] type = body is null ? [] : [("Content-Type", "application/json")];
        seen.Headers.Should().BeEquivalentTo((IEnumerable<(string, string)>)
        [
            ("Host", gateway.Vendor.Host), ("Accept", "application/json"), ("teamid", "team-of-the-account"), ("uuid", "user-of-the-account"),
            ("Authorization", $"Bearer {NativeGateway.Credential}"), .. length, .. type,
        ]);
    }

    [Fact]
    public async Task What_describes_the_content_and_the_condition_goes_through()
    {
        (string Name, string Value)[] sent =
        [
            ("accept", "text/csv, */*;q=0.1"), ("Accept-Encoding", "gzip, br"), ("Accept-Language", "de"), ("Content-Encoding", "gzip"), ("Content-Language", "en"),
            ("Content-Type", "text/csv; charset=utf-8"), ("Idempotency-Key", "order-1"), ("If-Match", "\"7\""), ("If-Modified-Since", "Sun, 22 Nov 2026 00:00:00 GMT"),
            ("If-None-Match", "W/\"7\""), ("If-Unmodified-Since", "Sun, 22 Nov 2026 00:00:00 GMT"), ("Range", "bytes=0-1"), ("If-Range", "\"7\""),
        ];

        await gateway.SendAsync("PUT", "/v1/connections/seen/native/described", headers: string.Concat(sent.Select(header => $"{header.Name}: {header.Value}\r\n")), body: "a,b");

        var seen = gateway.Vendor.Seen.Should().ContainSingle(request => request.Target == "/base/v2/described").Which;
        seen.Headers.Where(header => header.Name is not ("Host" or "Authorization" or "teamid" or "uuid" or "Content-Length"))
            .Select(header => (header.Name.ToLowerInvariant(), header.Value)).Should().BeEquivalentTo(sent.Select(header => (header.Name.ToLowerInvariant(), header.Value)));
    }

    [Fact]
    public async Task The_trace_goes_where_the_connection_says_so()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        // Somebody who looks at traces: without one none are kept.
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "Microsoft.AspNetCore", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        foreach (var connection in (string[])["traced", "seen"])
            await gateway.SendAsync("POST", $"/v1/connections/{connection}/native/trace", headers: $"traceparent: 00-{Trace}-b7ad6b7169203331-01\r\ntracestate: a=b\r\nbaggage: {Canary}=1\r\n");

        var traced = gateway.Vendor.Seen.Should().ContainSingle(request => request.Target == "/traced/trace").Which;
        traced.Headers.Should().ContainSingle(header => header.Name == "traceparent").Which.Value.Should().StartWith($"00-{Trace}-").And.NotContain("b7ad6b7169203331");
        gateway.Vendor.Seen.Should().ContainSingle(request => request.Target == "/base/v2/trace").Which.Headers.Select(header => header.Name).Should().NotContain(["traceparent", "tracestate", "baggage"]);
    }

    [Theory]
    [InlineData("Content-Type: text/plain\r\nContent-Type: application/json\r\n")]
    [InlineData("Idempotency-Key: a\r\nIdempotency-Key: b\r\n")]
    [InlineData("Idempotency-Key: wfg_x_secret\r\n")]
    [InlineData("Accept: caf\u00e9\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n")]
    public async Task Headers_that_could_be_read_in_two_ways_reach_no_vendor(string headers)
    {
        var before = gateway.Vendor.Seen.Count;

        var answer = await gateway.SendAsync("GET", "/v1/connections/seen/native/odd", headers: headers);

        answer.Status.Should().Be(400);
        gateway.Vendor.Seen.Should().HaveCount(before);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Each_vendor_sees_exactly_one_credential_through_passthrough(string vendor, string credential, string path)
    {
        var before = gateway.Sandbox.Ledger.Count;
        foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE"])
            (await gateway.SendAsync(method, $"/v1/connections/{vendor}/native{path}", headers: Tricks)).Header("Gateway-Native").Should().Be("vendor", method);

        var seen = gateway.Sandbox.ReadLedger(vendor, after: before);
        seen.Should().HaveCountGreaterThanOrEqualTo(5);
        seen.Should().AllSatisfy(entry => Check(entry, credential));
    }

    [Theory]
    [InlineData("juo", "X-Delegated-Token", "cancel-subscription")]
    [InlineData("interactly", "Authorization", "patient-intake")]
    [InlineData("fortanix", "Authentication", "train-model")]
    public async Task Each_vendor_sees_exactly_one_credential_through_the_api(string vendor, string credential, string workflow)
    {
        var before = gateway.Sandbox.Ledger.Count;

        var answer = await gateway.SendAsync("POST", "/v1/runs", headers: Tricks + "Content-Type: application/json\r\n", body: $$"""{"workflow":"{{workflow}}"}""");

        answer.Status.Should().Be(201, answer.Body);
        var seen = gateway.Sandbox.ReadLedger(vendor, after: before);
        seen.Should().Contain(entry => entry.Operation == "start").And.AllSatisfy(entry => Check(entry, credential));
    }

    private static void Check(LedgerEntry entry, string credential)
    {
        string[] ours = ["Host", "Accept", "Accept-Encoding", "Content-Length", "Content-Type", credential, .. entry.Vendor == "juo" ? ["X-Tenant-ID"] : Array.Empty<string>()];
        entry.Headers.Should().BeSubsetOf(ours).And.OnlyHaveUniqueItems();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sandbox")))[..16];
        entry.Credentials.Should().BeEquivalentTo(new Dictionary<string, string> { [credential] = hash });
        (entry.HeaderValues ?? new Dictionary<string, string>()).Should().BeEquivalentTo(
            entry.Vendor == "juo" ? new Dictionary<string, string> { ["X-Tenant-ID"] = "demo.myshopify.com" } : []);
    }
}
