using WorkflowGateway.Testing;
using WorkflowGateway.Tests.Catalog;

namespace WorkflowGateway.Tests.Webhooks;

/// <summary>Endpoints that stand in the configuration file.</summary>
public sealed class ConfiguredWebhookTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Theory]
    [InlineData("""{ "secret": "${env:HOOK}" }""", "/url", "The member 'url' is missing. Add it: absolute https URL on port 443 or 8443, of a host that everybody on the internet can reach.")]
    [InlineData("""{ "url": "https://h.example.com" }""", "/secret", "The member 'secret' is missing. Add it: what deliveries are signed with, whsec_ and base64: ${env:NAME} or ${file:/path}.")]
    [InlineData("""{ "url": "http://h.example.com", "secret": "${env:HOOK}" }""", "/url", "Must begin with https://.")]
    [InlineData("""{ "url": "https://10.0.0.1", "secret": "${env:HOOK}" }""", "/url", "The address is not one that everybody*")]
    [InlineData("""{ "url": "https://h.example.com", "secret": "${env:NONE}" }""", "/secret", "The environment variable NONE is not set.*")]
    [InlineData("""{ "url": "https://h.example.com", "secret": "hunter2" }""", "/secret", "Must be whsec_ and the base64*")]
    [InlineData("""{ "url": "https://h.example.com", "secret": "${env:HOOK}", "oldSecret": "hunter1" }""", "/oldSecret", "Must be whsec_ and the base64*")]
    [InlineData("""{ "url": "https://h.example.com", "secret": "${env:HOOK}", "statuses": [ "wating" ] }""", "/statuses/0", "'wating' is no status. Did you mean 'waiting'?")]
    [InlineData("""{ "url": "https://h.example.com", "secret": "${env:HOOK}", "workflows": [ "v" ] }""", "/workflows/0", "There is no workflow 'v'. Did you mean 'w'?")]
    [InlineData("""{ "url": "https://h.example.com", "secret": "${env:HOOK}", "status": [] }""", "/status", "Unknown member 'status'. Did you mean 'statuses'?")]
    public void A_broken_webhook_is_refused_at_its_place(string webhook, string path, string message)
    {
        var problems = CatalogFixture.Problems(File(webhook), CatalogFixture.Fake with { Variable = name => name == "HOOK" ? Secret : null });
        problems.Select(problem => problem.Path).Should().Contain("/webhooks/crm" + path);
        problems.First(problem => problem.Path == "/webhooks/crm" + path).Message.Should().Match(message);
        problems.Should().OnlyContain(problem => !problem.Message.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_configured_webhook_is_delivered_to_shown_read_only_and_goes_on_after_a_restart()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync(With(receiver));
        await rig.StartRunAsync("ask");
        await CoreRig.UntilAsync(() => receiver.All.Any(one => one.Status == "waiting"));
        var shown = (await rig.GetAsync("/v1/webhooks")).GetProperty("webhooks").EnumerateArray().Should().ContainSingle().Subject;
        (shown.Text("source"), shown.Text("name"), shown.Text("url")).Should().Be(("configuration", "crm", receiver.Url));
        shown.GetRawText().Should().NotContain("whsec_");
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[] { (HttpMethod.Patch, "", new { enabled = false }), (HttpMethod.Delete, "", null), (HttpMethod.Post, "/rotate", new { }) })
        {
            var (status, problem) = await rig.SendAsync(method, $"/v1/webhooks/{shown.Id()}{path}", body);
            (status, problem.Text("code")).Should().Be((409, "webhook-read-only"));
        }

        (await rig.PostAsync($"/v1/webhooks/{shown.Id()}/test")).Body.GetProperty("delivered").GetBoolean().Should().BeTrue();
        var seen = receiver.All.Count;
        await rig.RestartAsync(With(receiver, ", \"enabled\": false"));
        (await rig.WebhookAsync(shown.Id())).Text("stateReason").Should().Be("configuration");
        var id = (await rig.StartRunAsync("ask")).Id;
        await rig.RestartAsync(With(receiver));
        await CoreRig.UntilAsync(() => receiver.All.Any(one => one.Status == "waiting" && one.RunId == id));
        receiver.All.Skip(seen).Should().OnlyContain(one => one.RunId == id, "what was delivered before is not delivered again");
        await rig.RestartAsync();
        (await rig.GetAsync("/v1/webhooks")).GetProperty("webhooks").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task While_the_old_secret_stands_there_both_sign()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var rig = await CoreRig.StartAsync(With(receiver, $", \"oldSecret\": \"whsec_{Convert.ToBase64String(new byte[32])}\""));
        await rig.StartRunAsync("ask");
        await receiver.UntilAsync(1);

        receiver.All[0].Signature.Split(' ').Distinct().Should().HaveCount(2).And.OnlyContain(signature => signature.StartsWith("v1,", StringComparison.Ordinal));
    }

    private static CoreConfig With(Receiver receiver, string more = "") => new() { Webhooks = $$"""{ "crm": { "url": "{{receiver.Url}}", "secret": "{{Secret}}", "statuses": [ "open" ]{{more}} } }""" };

    private static string File(string webhook) => $$"""
        {
          "connections": { "a": { "adapter": "acme", "baseUrl": "https://a.example", "credential": { "value": "x" } } },
          "workflows": { "w": { "routes": [ { "name": "r", "connection": "a", "target": { "job": "j" } } ] } },
          "webhooks": { "crm": {{webhook}} }
        }
        """;
}
