using System.Text.Json;

namespace WorkflowGateway.Tests.Native;

public sealed class NativeAccessTests(NativeGateway gateway) : IClassFixture<NativeGateway>
{
    [Theory]
    [InlineData("caller", "seen", "GET", 403, "forbidden")]
    [InlineData("viewer", "seen", "GET", 403, "forbidden")]
    // Everybody's account, and one of several.
    [InlineData("a", "shared", "GET", 403, "forbidden")]
    [InlineData("a", "shared", "POST", 403, "forbidden")]
    [InlineData("a", "two", "GET", 403, "forbidden")]
    // Another's account is none.
    [InlineData("a", "of-b", "GET", 404, "not-found")]
    [InlineData("b", "seen", "POST", 404, "not-found")]
    [InlineData("all", "none", "GET", 404, "not-found")]
    // What is started there would be taken for one of the gateway's.
    [InlineData("a", "exclusive", "POST", 403, "forbidden")]
    [InlineData("all", "exclusive", "PUT", 403, "forbidden")]
    [InlineData("all", "exclusive", "PATCH", 403, "forbidden")]
    [InlineData("all", "exclusive", "DELETE", 403, "forbidden")]
    [InlineData("a", "off", "POST", 403, "forbidden")]
    // The end user's own token is needed, in a header of its own.
    [InlineData("a", "mine", "GET", 400, "vendor-credential-missing")]
    [InlineData("a", "seen", "OPTIONS", 405, "method-not-allowed")]
    [InlineData("a", "seen", "TRACE", 405, "method-not-allowed")]
    public async Task Who_may_not_is_told_so_and_no_vendor_is_called(string key, string connection, string method, int status, string code)
    {
        var before = gateway.Vendor.Seen.Count;

        var answer = await gateway.SendAsync(method, $"/v1/connections/{connection}/native/v1/things", key);

        answer.Status.Should().Be(status, answer.Body);
        JsonElement.Parse(answer.Body).GetProperty("code").GetString().Should().Be(code);
        answer.Header("Gateway-Native").Should().BeNull();
        gateway.Vendor.Seen.Should().HaveCount(before);
    }

    [Theory]
    [InlineData("a", "seen", "GET", "/base/v2/v1/things")]
    [InlineData("a", "seen", "POST", "/base/v2/v1/things")]
    [InlineData("a", "seen", "DELETE", "/base/v2/v1/things")]
    [InlineData("all", "shared", "PATCH", "/shared/v1/things")]
    [InlineData("all", "two", "PUT", "/two/v1/things")]
    [InlineData("b", "of-b", "HEAD", "/b/v1/things")]
    [InlineData("a", "exclusive", "GET", "/exclusive/v1/things")]
    [InlineData("a", "exclusive", "HEAD", "/exclusive/v1/things")]
    [InlineData("a", "off", "GET", "/off/v1/things")]
    public async Task Who_may_reaches_the_vendor(string key, string connection, string method, string target)
    {
        var answer = await gateway.SendAsync(method, $"/v1/connections/{connection}/native/v1/things", key);

        (answer.Status, answer.Header("Gateway-Native")).Should().Be((200, "vendor"));
        gateway.Vendor.Seen.Should().ContainSingle(request => request.Line == $"{method} {target} HTTP/1.1");
    }

    [Fact]
    public async Task A_connection_of_another_tenant_is_as_absent_as_one_that_does_not_exist()
    {
        var absent = await gateway.SendAsync("GET", "/v1/connections/of-c/native/x");
        var others = await gateway.SendAsync("GET", "/v1/connections/of-b/native/x");

        Without(others, "of-b").Should().Be(Without(absent, "of-c"));

        static string Without(RawAnswer answer, string name)
        {
            var body = JsonElement.Parse(answer.Body);
            return $"{answer.Status} {body.GetProperty("code")} {body.GetProperty("detail")}".Replace(name, "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_end_users_token_is_the_credential_where_the_connection_says_so_and_nothing_elsewhere()
    {
        await gateway.SendAsync("GET", "/v1/connections/mine/native/own", headers: "Vendor-Authorization: Bearer of-ada\r\n");
        await gateway.SendAsync("GET", "/v1/connections/seen/native/others", headers: "Vendor-Authorization: Bearer of-ada\r\n");
        var twice = await gateway.SendAsync("GET", "/v1/connections/mine/native/twice", headers: "Vendor-Authorization: of-ada\r\nVendor-Authorization: of-bob\r\n");

        One("/mine/own").Headers.Should().ContainSingle(header => header.Value.Contains("of-ada", StringComparison.Ordinal)).Which.Should().Be(("X-Delegated-Token", "of-ada"));
        One("/base/v2/others").Headers.Should().NotContain(header => header.Value.Contains("of-ada", StringComparison.Ordinal));
        twice.Status.Should().Be(400);
        gateway.Vendor.Seen.Should().NotContain(request => request.Target == "/mine/twice");

        RecordedRequest One(string target) => gateway.Vendor.Seen.Should().ContainSingle(request => request.Target == target).Which;
    }
}
