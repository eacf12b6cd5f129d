using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace WorkflowGateway.Tests.Access;

/// <summary>A vendor has no key: its signature lets it in, through this one door, and nothing else does.</summary>
public sealed class VendorEventAccessTests(KeyedGateway keyed) : IClassFixture<KeyedGateway>
{
    private const string Path = "/v1/vendor-events/hooked";
    private static readonly byte[] Body = "{}"u8.ToArray();

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer token-that-the-vendor-was-given")]
    [InlineData("Bearer wfg_all_wrong")]
    public async Task With_keys_the_signature_is_enough_from_anywhere(string? authorization)
    {
        var headers = new List<(string, string)> { ("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for=203.0.113.7") };
        if (authorization is not null) headers.Add(("Authorization", authorization));

        (await SendAsync(keyed.Client, signed: true, "application/json", [.. headers])).Should().Be(202);
        (await SendAsync(keyed.Client, signed: false, "application/json", [.. headers])).Should().Be(401);
    }

    [Fact]
    public async Task With_keys_no_key_stands_for_a_signature()
    {
        (await SendAsync(keyed.Client, signed: false, "application/json", ("Authorization", "Bearer " + KeyedGateway.KeyOf("all")))).Should().Be(401);
        (await keyed.SendAsync("all", HttpMethod.Get, Path)).Status.Should().Be(405);
        (await keyed.SendAsync(null, HttpMethod.Get, "/v1/vendor-events/hooked/x")).Status.Should().Be(401);
    }

    [Fact]
    public async Task Without_keys_it_serves_this_machine_only_like_everything_else()
    {
        await using var rig = await CoreRig.StartAsync(new CoreConfig { WebhookSecret = "whsec_1" });

        (await SendAsync(rig.Client, signed: true, "application/json")).Should().Be(202);
        (await SendAsync(rig.Client, signed: true, "application/json", ("X-Forwarded-For", "203.0.113.7"))).Should().Be(403);
        (await SendAsync(rig.Client, signed: true, "application/json", ("Host", "gateway.example"))).Should().Be(403);
        (await SendAsync(rig.Client, signed: true, "text/plain")).Should().Be(415);
        (await SendAsync(rig.Client, signed: false, "application/json")).Should().Be(401);
    }

    private static async Task<int> SendAsync(HttpClient client, bool signed, string type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (signed) request.Headers.Add("X-Interactly-Signature", Convert.ToHexString(HMACSHA256.HashData("whsec_1"u8, Body)));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
