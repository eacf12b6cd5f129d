using System.Text;
using WorkflowGateway.Sandbox;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>Drives the whole surface of a gateway of which every secret and every body is marked, and looks for the marks wherever it told, logged or kept anything.</summary>
// Who listens to spans does so for the whole process, and makes others be recorded: one after the other.
[Collection("spans")]
public sealed class CanaryTests(ITestOutputHelper output)
{
    // What differs on PostgreSQL is the store: in the full form.
    public static TheoryData<bool> Stores() => Environment.GetEnvironmentVariable("WFG_FULL") == "1" ? [false, true] : [false];

    [Theory, MemberData(nameof(Stores))]
    public async Task No_secret_and_no_body_gets_where_it_does_not_belong(bool postgres)
    {
        await using var rig = await CanaryRig.StartAsync(postgres);
        var drive = new CanaryDrive(rig);
        await drive.RunAsync();
        rig.Sinks.Measure();
        var store = await rig.StoreAsync();

        var (secrets, all) = (new CanarySearch(rig.Secrets), new CanarySearch([.. rig.Secrets, .. rig.Bodies]));
        // Who makes a webhook is shown its secret, this once.
        var neverShown = new CanarySearch(rig.Secrets.Where(secret => !secret.Name.StartsWith("a webhook's", StringComparison.Ordinal)));
        List<string> found =
        [
            .. rig.Sinks.Logs.SelectMany(line => all.In("log", line)), .. rig.Sinks.Written.SelectMany(line => all.In("console", line)),
            .. rig.Exported.SelectMany(sent => all.In("collector's " + sent.Signal, sent.Body)), .. rig.Sinks.Spans.SelectMany(span => all.In("span", span)), .. rig.Sinks.Measured.Keys.SelectMany(one => all.In("metric", one)),
            .. store.SelectMany(kept => all.In(kept.Place, kept.Bytes)),
            // An event carries what a vendor asks and answers; never what was sent there, and never a secret.
            .. rig.Delivered.SelectMany(one => secrets.In("webhook", one.Body)), .. drive.Streams.SelectMany(text => secrets.In("stream", text)),
            .. rig.Answers.SelectMany(answer => (answer.Place.StartsWith("own ", StringComparison.Ordinal) ? neverShown : all).In(answer.Place, answer.Text)),
        ];

        output.WriteLine($"{rig.Secrets.Count} secrets, {rig.Bodies.Count} bodies, {all.Patterns} patterns; {rig.Sinks.Logs.Count} lines, {rig.Sinks.Spans.Count} spans, {rig.Sinks.Measured.Count} series, {rig.Exported.Count} exports of {rig.Exported.Sum(sent => sent.Body.Length)} bytes, "
            + $"{rig.Answers.Count} answers, {rig.Delivered.Count} deliveries, {store.Sum(kept => kept.Bytes.Length)} bytes in the store");
        foreach (var one in found.Take(60)) output.WriteLine(one);
        found.Should().BeEmpty();
        // Else nothing was looked at.
        (rig.Sinks.Logs.Count, rig.Sinks.Spans.Count, rig.Delivered.Count, drive.Streams.Sum(text => text.Length)).Should().Match<(int, int, int, int)>(n => n.Item1 > 500 && n.Item2 > 50 && n.Item3 > 5 && n.Item4 > 1000);
        rig.Sinks.Written.Should().HaveCountGreaterThan(500).And.OnlyContain(line => line.StartsWith('{') && line.IndexOf('\n') == line.Length - 1, "it is as in Production");
        rig.Exported.Select(sent => sent.Signal).Should().Contain(["traces", "metrics", "logs"]);
        store.Should().Contain(kept => Encoding.Latin1.GetString(kept.Bytes).Contains("sealed:", StringComparison.Ordinal));
        drive.Missing.Should().BeEmpty("what the caller gets back of its own is what was looked for");
    }
}

/// <summary>What is done to the gateway.</summary>
internal sealed class CanaryDrive(CanaryRig rig)
{
    private static readonly string[] Kinds = ["status-401", "status-404", "status-500", "html200", "truncated-json", "eof", "reset", "redirect", "hang"];

    public List<string> Streams { get; } = [];

    /// <summary>Canaries that should have come back to the caller and did not.</summary>
    public List<string> Missing { get; } = [];

    public async Task RunAsync()
    {
        await WebhooksAsync();
        await AtJuoAsync();
        await AtInteractlyAsync();
        await AtFortanixAsync();
        var unanswered = await Task.WhenAll(((string[])["refused", "nowhere", "untrusted", .. CanaryConfig.Echoing]).Select(name => StartAsync(name)));
        foreach (var id in unanswered) await rig.SendAsync("op", HttpMethod.Get, $"/v1/runs/{id}?include=input,native,evidence", own: true);
        await RepeatedAsync();
        await TokensAsync();
        await FaultsAsync();
        await WrongRequestsAsync();
        await ConfigurationAsync();
        Streams.Add(await rig.StreamAsync("/v1/events?after=0", 30));
        foreach (var path in (string[])["/v1/audit?pageSize=500", "/v1/runs?pageSize=500", "/v1/events?after=0&pageSize=500", "/v1/interactions"]) await rig.SendAsync("op", HttpMethod.Get, path, own: !path.Contains("audit", StringComparison.Ordinal));
        foreach (var path in (string[])["/v1/connections", "/v1/workflows", "/v1/counts", "/v1/webhooks", "/v1/keys", "/metrics", "/health/ready", "/problems/not-found"]) await rig.SendAsync("op", HttpMethod.Get, path);
    }

    private async Task WebhooksAsync()
    {
        foreach (var url in (string[])[rig.ReceiverUrl, rig.RefusingUrl])
        {
            var id = (await rig.SendAsync("op", HttpMethod.Post, "/v1/webhooks", new { url, secret = HookSecret("a webhook's secret") }, own: true)).Body.Text("id");
            await rig.SendAsync("op", HttpMethod.Post, $"/v1/webhooks/{id}/test", new { });
            await rig.SendAsync("op", HttpMethod.Post, $"/v1/webhooks/{id}/rotate", new { secret = HookSecret("a webhook's next secret") }, own: true);
            await rig.SendAsync("op", HttpMethod.Post, $"/v1/webhooks/{id}/rotate", new { });
        }
    }

    private async Task AtJuoAsync()
    {
        rig.Vendors.Add(new Fault { Vendor = "juo", Kind = "wrong-type", Field = "pendingInteraction.actionConfig.title", Value = Json(rig.Body("an interaction's config")) });
        rig.Vendors.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "wrong-type", Field = "vendorNote", Value = Json(rig.Body("a native answer")), Count = 1 });
        var id = await StartAsync("juo");
        rig.Vendors.ClearFaults();
        var run = await ReadAsync(id);
        Streams.Add(await rig.StreamAsync($"/v1/runs/{id}/events", 2));
        var interaction = run.GetProperty("interactions")[0].Text("id");
        rig.Vendors.Add(new Fault { Vendor = "juo", Kind = "wrong-type", Field = "outcome.message", Value = Json(rig.Body("an outcome")) });
        await rig.SendAsync("call", HttpMethod.Post, $"/v1/runs/{id}/respond", new { interactionId = interaction, type = "accept", data = new { note = rig.Body("data of an answer") } }, own: true);
        rig.Vendors.ClearFaults();
        await ReadAsync(id);
        foreach (var late in (string[])["pause", "stop", "data"]) await rig.SendAsync("call", HttpMethod.Post, $"/v1/runs/{id}/{late}", new { data = new { note = rig.Body("data that came too late") } }, own: true);
        await StartAsync("mine", ("Vendor-Authorization", "Bearer " + rig.Secret("an end user's token")));
        await rig.SendAsync("op", HttpMethod.Get, "/v1/connections/juo/native/workflows?secret=" + Uri.EscapeDataString(rig.Body("a query of passthrough")), own: true);
        await rig.SendAsync("op", HttpMethod.Post, "/v1/connections/juo/native/workflows/execute", new { note = rig.Body("a body of passthrough") }, own: true);
    }

    // A vendor that understands, and repeats the credential wherever it has words.
    private async Task RepeatedAsync()
    {
        foreach (var field in (string[])["vendorNote", "pendingInteraction.actionConfig.title", "outcome", "error"])
        {
            object said = field is "outcome" or "error" ? new { type = rig.Credential, code = rig.Credential, message = "Who is " + rig.Credential } : "Who is " + rig.Credential;
            rig.Vendors.Add(new Fault { Vendor = "juo", Operation = "start", Kind = "wrong-type", Field = field, Value = System.Text.Json.JsonSerializer.SerializeToElement(said), Count = 1 });
            var run = await ReadAsync(await StartAsync("juo"));
            // Else it was never said.
            if (!run.ToString().Contains("Who is ***", StringComparison.Ordinal)) Missing.Add($"{field}: {run}");
        }
    }

    private async Task TokensAsync()
    {
        var good = rig.Token("a token", TimeProvider.System.GetUtcNow());
        (await rig.SendAsync(good, HttpMethod.Post, "/v1/runs", new { workflow = "juo", input = new { data = rig.Body("input by a token") } }, own: true)).Status.Should().Be(201);
        (await rig.SendAsync(good, HttpMethod.Get, "/v1/keys")).Status.Should().Be(403);
        var late = rig.Token("a token that has expired", TimeProvider.System.GetUtcNow().AddHours(-1));
        var parts = rig.Token("a token that is forged", TimeProvider.System.GetUtcNow()).Split('.');
        foreach (var wrong in (string[])[late, $"{parts[0]}.{parts[1]}.{parts[2][..^8]}AAAAAAAA", $"{parts[0]}.{parts[1]}.", $"{parts[1]}.{parts[0]}.{parts[2]}"])
            (await rig.SendAsync(wrong, HttpMethod.Get, "/v1/runs")).Status.Should().Be(401);
    }

    private async Task AtInteractlyAsync()
    {
        var id = await StartAsync("interactly");
        await ReadAsync(id);
        await rig.SendAsync("call", HttpMethod.Post, $"/v1/runs/{id}/data", new { data = new { dynamicVariables = new { name = rig.Body("data unasked") } } }, own: true);
        await rig.SendAsync("call", HttpMethod.Post, $"/v1/runs/{id}/pause", new { }, own: true);
        await rig.SendAsync("call", HttpMethod.Post, $"/v1/runs/{id}/resume", new { data = new { dynamicVariables = new { name = rig.Body("data of a resume") } } }, own: true);
        await rig.SendAsync("call", HttpMethod.Post, $"/v1/runs/{id}/stop", new { }, own: true);
        await ReadAsync(id);
    }

    private async Task AtFortanixAsync()
    {
        var id = await StartAsync("fortanix");
        await ReadAsync(id);
        await rig.SendAsync("call", HttpMethod.Post, $"/v1/runs/{id}/stop", new { }, own: true);
        await rig.SendAsync("view", HttpMethod.Get, $"/v1/runs/{id}/logs", own: true);
    }

    // Each vendor's faults after each other, the vendors at once.
    private Task FaultsAsync() => Task.WhenAll(((string[])["juo", "interactly", "fortanix"]).Select(async vendor =>
    {
        foreach (var kind in Kinds)
        {
            rig.Vendors.Add(new Fault
            {
                Vendor = vendor,
                Operation = "start",
                Count = 1,
                Kind = kind.Split('-')[0] == "status" ? "status" : kind,
                Status = kind.StartsWith("status-", StringComparison.Ordinal) ? int.Parse(kind[7..], null) : null,
                Location = kind == "redirect" ? rig.ReceiverUrl : null,
            });
            await StartAsync(vendor);
        }
    }));

    private async Task WrongRequestsAsync()
    {
        var (cookie, query) = (rig.Secret("a cookie"), Uri.EscapeDataString(rig.Secret("a query")));
        await rig.SendAsync("view", HttpMethod.Get, "/v1/runs?token=" + query, headers: ("Cookie", "session=" + cookie));
        await rig.SendAsync("view", HttpMethod.Get, "/nowhere?token=" + query, headers: ("Cookie", "session=" + cookie));
        await rig.SendAsync("view", HttpMethod.Get, "/v1/runs?pageToken=" + query);
        await rig.SendAsync("wfg_unknown_" + rig.Secret("a wrong key"), HttpMethod.Get, "/v1/runs");
        await rig.SendAsync("view", HttpMethod.Post, "/v1/runs", new { workflow = "juo", input = new { note = rig.Body("of who may not") } });
        // No header at all, and what it was meant to be.
        (await Native.RawHttp.SendAsync(rig.Url, $"GET /v1/runs HTTP/1.1\r\nHost: gateway\r\nAuthorization Bearer {rig.Secret("a key in a broken header")}\r\n\r\n")).Status.Should().Be(400);
        var malformed = "{ \"workflow\": \"juo\", \"input\": { \"note\": " + System.Text.Json.JsonSerializer.Serialize(rig.Body("malformed JSON")) + ", } }";
        await rig.SendAsync("call", HttpMethod.Post, "/v1/runs", malformed);
        await rig.SendAsync("call", HttpMethod.Post, "/v1/runs", new { workflow = "juo", unknown = rig.Body("a member that is not known") });
        await rig.SendAsync("call", HttpMethod.Post, "/v1/vendor-events/interactly", new { note = rig.Body("a forged event") }, headers: ("webhook-signature", "v1," + rig.Secret("a forged signature")));
        await rig.SendAsync("op", HttpMethod.Post, "/v1/routes/explain", new { workflow = "juo", input = new { note = rig.Body("a start to be explained") } }, own: true);
        await rig.SendAsync("op", HttpMethod.Post, "/v1/runs?validateOnly=true", new { workflow = "juo", input = new { note = rig.Body("a start to be shown") } }, own: true);
        var key = await rig.SendAsync("op", HttpMethod.Post, "/v1/keys", new { role = "viewer", tenant = "a" }, own: true);
        await rig.SendAsync(key.Body.Text("key")!, HttpMethod.Get, "/v1/runs");
    }

    // Refused for one mistake, while it holds secrets of its own.
    private async Task ConfigurationAsync()
    {
        var good = await File.ReadAllTextAsync(rig.ConfigPath);
        var secret = System.Text.Json.JsonSerializer.Serialize(rig.Secret("a credential in a file that is refused"));
        await File.WriteAllTextAsync(rig.ConfigPath, good.Replace("\"${env:WFG_CANARY}\"", "\"${env:NO_SUCH}" + secret[1..], StringComparison.Ordinal));
        await CoreRig.UntilAsync(() => rig.Refuses);
        await File.WriteAllTextAsync(rig.ConfigPath, good.Replace("\"${env:WFG_CANARY}\"", secret, StringComparison.Ordinal).Replace("\"timeout\": \"1s\"", "\"timeout\": \"1 s\"", StringComparison.Ordinal));
        await rig.SendAsync("op", HttpMethod.Post, "/v1/routes/plan", new { configuration = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(rig.ConfigPath)).RootElement, hours = 1 });
        await File.WriteAllTextAsync(rig.ConfigPath, good);
        await CoreRig.UntilAsync(() => !rig.Refuses);
    }

    private async Task<string> StartAsync(string workflow, params (string Name, string Value)[] headers)
    {
        var input = new { data = rig.Body("input of " + workflow) };
        var (status, body) = await rig.SendAsync("call", HttpMethod.Post, "/v1/runs", new { workflow, input, labels = new { region = "eu" }, subject = rig.Body("subject of " + workflow) }, own: true, headers);
        status.Should().BeOneOf([200, 201, 202], body.ToString());
        return body.Text("id")!;
    }

    private async Task<System.Text.Json.JsonElement> ReadAsync(string id)
    {
        var (_, body) = await rig.SendAsync("view", HttpMethod.Get, $"/v1/runs/{id}?include=input,native", own: true);
        if (!new CanarySearch(rig.Bodies).In("answer", body.ToString()).Any()) Missing.Add(id);
        return body;
    }

    private string HookSecret(string name)
    {
        var secret = Encoding.UTF8.GetBytes(rig.Secret(name));
        return "whsec_" + Convert.ToBase64String(secret);
    }

    private static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonSerializer.SerializeToElement(text);
}
