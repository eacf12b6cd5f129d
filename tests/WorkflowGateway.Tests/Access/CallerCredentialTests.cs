using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Tests.Access;

/// <summary>Connections whose credential is the end user's own, sent along by the calling service.</summary>
public sealed class CallerCredentialTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    private const string Token = "token-of-ada-lovelace";

    [Fact]
    public async Task Without_a_token_nothing_is_stored_and_no_vendor_called()
    {
        var before = gateway.Sandbox.Ledger.Count;

        var (status, problem) = await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow = "ask-mine" });

        (status, problem.GetProperty("code").GetString()).Should().Be((400, "vendor-credential-missing"));
        gateway.Sandbox.Ledger.Should().HaveCount(before);
    }

    [Fact]
    public async Task The_end_users_token_is_what_the_vendor_sees_also_when_the_gateway_reads_by_itself()
    {
        var run = await StartAsync(Token);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)));

        // Reads in the background come with the token that was kept.
        for (var i = 0; i < 200 && !Seen().Any(entry => entry.Operation == "get"); i++) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        Seen().Select(entry => entry.Operation).Should().Contain(["start", "get"]);
        Seen().Should().OnlyContain(entry => entry.Credentials!.Count == 1 && hash.StartsWith(entry.Credentials["X-Delegated-Token"], StringComparison.Ordinal));

        List<Sandbox.LedgerEntry> Seen() =>
            [.. gateway.Sandbox.Ledger.Where(entry => entry.VendorRunId == run.GetProperty("vendorRunId").GetString())];
    }

    [Fact]
    public async Task The_token_is_in_no_file_in_plain()
    {
        await StartAsync(Token);

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(gateway.LedgerFile)!, "gateway.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            (await reader.ReadToEndAsync()).Should().NotContain(Token, file);
        }
    }

    [Theory]
    [InlineData("wfg_a-caller_secret")]
    [InlineData("Bearer wfg_a-caller_secret")]
    public async Task No_vendor_is_shown_a_key_of_the_gateways(string token)
    {
        var run = await StartAsync(Token);
        var answer = new { interactionId = run.GetProperty("interactions")[0].GetProperty("id").GetString(), type = "accept" };

        var (status, problem) = await gateway.SendAsync("a-caller", HttpMethod.Post, $"/v1/runs/{run.Text("id")}/respond", answer, ("Vendor-Authorization", token));

        (status, problem.GetProperty("errors")[0].Text("pointer")).Should().Be((400, "Vendor-Authorization"));
    }

    [Fact]
    public async Task A_token_that_the_vendor_refuses_is_the_callers_to_mend()
    {
        var run = await StartAsync(Token);
        var path = $"/v1/runs/{run.GetProperty("id").GetString()}/respond";
        var answer = new { interactionId = run.GetProperty("interactions")[0].GetProperty("id").GetString(), type = "accept" };

        var refused = await gateway.SendAsync("a-caller", HttpMethod.Post, path, answer, ("Vendor-Authorization", "refused"));
        var accepted = await gateway.SendAsync("a-caller", HttpMethod.Post, path, answer, ("Vendor-Authorization", Token));

        ShouldBeRefused(refused, "juo");
        (accepted.Status, accepted.Body.GetProperty("status").GetString()).Should().Be((200, "succeeded"));
    }

    [Fact]
    public async Task So_it_is_at_the_logs()
    {
        var run = await StartAsync(Token, "train-mine");
        ShouldBeRefused(await gateway.SendAsync("a-caller", HttpMethod.Get, $"/v1/runs/{run.GetProperty("id").GetString()}/logs", null, ("Vendor-Authorization", "refused")), "fortanix");
    }

    private static void ShouldBeRefused((int Status, JsonElement Body) answer, string vendor)
    {
        (answer.Status, answer.Body.GetProperty("code").GetString()).Should().Be((403, "vendor-credential-refused"));
        (answer.Body.GetProperty("vendor").GetString(), answer.Body.GetProperty("vendorStatus").GetInt32()).Should().Be((vendor, 401));
    }

    private async Task<JsonElement> StartAsync(string token, string workflow = "ask-mine")
    {
        var (status, run) = await gateway.SendAsync("a-caller", HttpMethod.Post, "/v1/runs", new { workflow }, ("Vendor-Authorization", token));
        status.Should().Be(201);
        return run;
    }
}
