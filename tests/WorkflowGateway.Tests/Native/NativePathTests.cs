using System.Text.Json;

namespace WorkflowGateway.Tests.Native;

/// <summary>The path that is judged is the path that is sent: whatever two servers could read differently is refused.</summary>
public sealed class NativePathTests(NativeGateway gateway) : IClassFixture<NativeGateway>
{
    private const string Native = "/v1/connections/seen/native";

    [Theory]
    // Walking up: plain, escaped, half escaped, escaped twice.
    [InlineData(Native + "/a/../b")]
    [InlineData(Native + "/a/./b")]
    [InlineData(Native + "/a/%2e%2e/b")]
    [InlineData(Native + "/a/%2E%2E/b")]
    [InlineData(Native + "/a/.%2e/b")]
    [InlineData(Native + "/a/%252e%252e/b")]
    [InlineData(Native + "/a/%2f../b")]
    [InlineData(Native + "/a/..%2fb")]
    [InlineData(Native + "/a/%2e%2e%2f%2e%2e%2fb")]
    [InlineData(Native + "/a%2f..%2f..%2f..%2fadmin")]
    [InlineData(Native + "/a%252f..%252fb")]
    // With what some servers cut off before they walk.
    [InlineData(Native + "/a/..;/b")]
    [InlineData(Native + "/a/..;x=y/b")]
    [InlineData(Native + "/a/.;/b")]
    [InlineData(Native + "/a/;../b")]
    [InlineData(Native + "/a/..%20/b")]
    [InlineData(Native + "/a/..%3b/b")]
    [InlineData(Native + "/a/..%3Bx/b")]
    [InlineData(Native + "/a/%3b../b")]
    [InlineData(Native + "/a/..%23/b")]
    [InlineData(Native + "/a/..%3f/b")]
    [InlineData(Native + "/a/.../b")]
    // A key of ours.
    [InlineData(Native + "/a/wfg_x_secret")]
    [InlineData(Native + "/a?token=wfg_x_secret")]
    // Backslashes.
    [InlineData(Native + "/a\\..\\b")]
    [InlineData(Native + "/a%5c..%5cb")]
    [InlineData(Native + "/a/..\\b")]
    // Another host.
    [InlineData(Native + "@evil.example/b")]
    [InlineData(Native + "/@evil.example/b")]
    [InlineData(Native + ".evil.example/b")]
    [InlineData(Native + ":80/b")]
    [InlineData(Native + "//evil.example/b")]
    [InlineData(Native + "/a//b")]
    [InlineData("http://evil.example" + Native + "/b")]
    [InlineData("http://localhost" + Native + "/b")]
    // Cut off somewhere else.
    [InlineData(Native + "/a#b")]
    [InlineData(Native + "/a?b#c")]
    [InlineData(Native + "/a%00b")]
    [InlineData(Native + "/a%0d%0aX-Tenant-ID:%20x")]
    [InlineData(Native + "/a%09b")]
    [InlineData(Native + "/a%7fb")]
    [InlineData(Native + "/a\u0001b")]
    [InlineData(Native + "/a\u00e9b")]
    [InlineData(Native + "/a%c0%ae%c0%ae/b")]
    [InlineData(Native + "/a%c0%afb")]
    [InlineData(Native + "/a%ef%bc%8fb")]
    [InlineData(Native + "/a%")]
    [InlineData(Native + "/a%4")]
    [InlineData(Native + "/a%zzb")]
    [InlineData(Native + "/a%u002e")]
    [InlineData(Native + "/a\"b")]
    [InlineData(Native + "/a<b")]
    [InlineData(Native + "/a?b\u0001c")]
    [InlineData(Native + "/a?b\u00e9c")]
    // The same route by other words.
    [InlineData("/v1/connections/se%65n/native/b")]
    [InlineData("/v1/connections/seen/nativ%65/b")]
    [InlineData("/v1/Connections/seen/native/b")]
    [InlineData("//v1/connections/seen/native/b")]
    [InlineData("/v1/./connections/seen/native/b")]
    [InlineData("/v1/connections/of-b/../seen/native/b")]
    [InlineData("/v1/connections/of-b/native/../../seen/native/b")]
    [InlineData("/v1/connections/seen/native/../../of-b/native/b")]
    [InlineData("/v1/connections/seen/native/%2e%2e/%2e%2e/of-b/native/b")]
    [InlineData("/v1/connections/seen%2fnative/b")]
    [InlineData("/v1/connections/seen%00/native/b")]
    public async Task A_path_that_could_be_read_in_two_ways_reaches_no_vendor(string target)
    {
        var before = gateway.Vendor.Seen.Count;
        foreach (var method in (string[])["GET", "POST"])
        {
            var answer = await gateway.SendAsync(method, target);

            answer.Status.Should().BeOneOf([400, 404], $"{method} {target}: {answer.Head}");
            answer.Header("Gateway-Native").Should().BeNull();
        }

        gateway.Vendor.Seen.Should().HaveCount(before);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("/", "/")]
    [InlineData("/a", "/a")]
    [InlineData("/a/", "/a/")]
    [InlineData("/a%20b/%41%7e'(x)!*,$&+=:", "/a%20b/%41%7e'(x)!*,$&+=:")]
    [InlineData("/v1.2/..a/b..;v=1.0", "/v1.2/..a/b..;v=1.0")]
    [InlineData("/a%3Fb%23c%3bd", "/a%3Fb%23c%3bd")]
    [InlineData("?", "?")]
    [InlineData("?a=b&a=c&%41=%zz", "?a=b&a=c&%41=%zz")]
    [InlineData("/a?q=../../b//c\\d@e;f{g}|h%2f%2e%2e%00", "/a?q=../../b//c\\d@e;f{g}|h%2f%2e%2e%00")]
    [InlineData("/a?%0d%0aX: y", null)]
    [InlineData("/a?b?c", "/a?b?c")]
    public async Task What_is_passed_on_is_passed_on_byte_for_byte(string sent, string? seen)
    {
        var before = gateway.Vendor.Seen.Count;

        var answer = await gateway.SendAsync("GET", Native + sent);

        if (seen is null)
        {
            answer.Status.Should().Be(400);
            gateway.Vendor.Seen.Should().HaveCount(before);
            return;
        }

        answer.Status.Should().Be(200, answer.Body);
        gateway.Vendor.Seen.Skip(before).Should().ContainSingle().Which.Line.Should().Be($"GET /base/v2{seen} HTTP/1.1");
    }

    [Theory]
    [InlineData("juo")]
    [InlineData("interactly")]
    [InlineData("fortanix")]
    public async Task No_trick_reaches_any_vendor_through_passthrough_or_the_api(string connection)
    {
        string[] tricks =
        [
            "..", "%2e%2e", ".%2e", "%252e%252e", "..%2f..", "..%2F..", "..%5c..", "..\\..", "/", "..;", "..;a=b", "%2f", "%5c", "@evil.example", "%00", "%0d%0aX-Tenant-ID:x", "#", "%c0%ae%c0%ae", "%u002e",
        ];
        var before = gateway.Sandbox.Ledger.Count;

        foreach (var trick in tricks)
        {
            (await gateway.SendAsync("POST", $"/v1/connections/{connection}/native/{trick}/v1/x")).Status.Should().NotBe(200, trick);
            (await gateway.SendAsync("GET", $"/v1/connections/{connection}/native/v1/{trick}/x")).Status.Should().NotBe(200, trick);
            (await gateway.SendAsync("GET", $"/v1/runs/{trick}/logs?part={trick}")).Status.Should().NotBe(200, trick);
            (await gateway.SendAsync("POST", $"/v1/runs/{trick}/stop", headers: "Content-Type: application/json\r\n", body: "{}")).Status.Should().NotBe(200, trick);
            (await gateway.SendAsync("POST", $"/v1/runs/{trick}/resolve", headers: "Content-Type: application/json\r\n", body: $$"""{"bind":"{{trick.Replace("\\", "\\\\", StringComparison.Ordinal)}}"}""")).Status.Should().NotBe(200, trick);
        }

        gateway.Sandbox.Ledger.Should().HaveCount(before);
    }

    [Fact]
    public async Task What_is_wrong_with_a_path_is_said()
    {
        var answer = await gateway.SendAsync("GET", Native + "/a/%2e%2e/b");

        var problem = JsonElement.Parse(answer.Body);
        problem.GetProperty("code").GetString().Should().Be("validation-failed");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("path");
        problem.GetProperty("errors")[0].GetProperty("detail").GetString().Should().Contain("%2e");
    }
}
