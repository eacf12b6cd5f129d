using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Sandbox;
using Xunit.Abstractions;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>A vendor's credential in a file and the callers' own keys take turns while callers start, read and answer: nobody is refused, here or at the vendor.</summary>
public sealed class RotationTests(ITestOutputHelper output) : IDisposable
{
    private const int Callers = 4;
    private static readonly int Rounds = Environment.GetEnvironmentVariable("WFG_FULL") == "1" ? 100 : 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-rotate-").FullName;
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly long[] _turns = new long[Callers];
    private volatile string _key = "wfg_first_the-first-key";

    [Fact]
    public async Task Credentials_and_keys_that_change_under_load_refuse_nobody()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        await using var app = await StartAsync(sandbox);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var stop = new CancellationTokenSource();
        await PutAsync(sandbox, "token-0", "token-0");
        var load = Enumerable.Range(0, Callers).Select(i => Task.Run(() => CallAsync(client, i, stop.Token))).ToList();

        var keyId = "";
        for (var round = 1; round <= Rounds; round++)
        {
            // The vendor takes both until nobody sends the old one any more.
            sandbox.Controls.Switches = new Switches { AcceptedCredentials = [$"token-{round - 1}", $"token-{round}"] };
            await PutAsync(sandbox, $"token-{round}", null);
            await NextTurnsAsync(2);
            await SeenAsync(sandbox, 20);
            sandbox.Controls.Switches = new Switches { AcceptedCredentials = [$"token-{round}"] };

            var made = await SendAsync(client, Admin, HttpMethod.Post, "/v1/keys", new { role = "caller", tenant = "a" });
            _key = made.Text("key")!;
            await NextTurnsAsync(2);
            if (keyId.Length > 0) await SendAsync(client, Admin, HttpMethod.Delete, "/v1/keys/" + keyId, null);
            keyId = made.Text("id")!;
            await NextTurnsAsync(1);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        var received = sandbox.ReadLedger();
        output.WriteLine($"{Rounds} rotations of each: {_turns.Sum()} rounds of three calls, {received.Count} requests at the vendor, {_failures.Count} failures, {received.Count(one => one.Status == 401)} times 401 at the vendor");
        _failures.Should().BeEmpty();
        received.Where(one => one.Status == 401).Should().BeEmpty();
        received.Count.Should().BeGreaterThan(Rounds * Callers);
        // Else nobody would have noticed.
        sandbox.Controls.Switches = new Switches { AcceptedCredentials = ["another"] };
        var refused = await SendAsync(client, _key, HttpMethod.Post, "/v1/runs", new { workflow = "ask" });
        refused.GetProperty("error").Text("code").Should().Be("vendor-auth-failed");
    }

    private static string Admin => "wfg_admin_the-admins-key";

    // As whoever rotates it would: whole, or not at all.
    private async Task PutAsync(SandboxServer sandbox, string token, string? only)
    {
        if (only is not null) sandbox.Controls.Switches = new Switches { AcceptedCredentials = [only] };
        await File.WriteAllTextAsync(Path.Combine(_folder, "token.new"), token);
        File.Move(Path.Combine(_folder, "token.new"), Path.Combine(_folder, "token"), overwrite: true);
    }

    private async Task NextTurnsAsync(int turns)
    {
        var before = _turns.Select((_, i) => Interlocked.Read(ref _turns[i])).ToList();
        await CoreRig.UntilAsync(() => before.Select((turn, i) => Interlocked.Read(ref _turns[i]) - turn).All(done => done >= turns));
    }

    private static async Task SeenAsync(SandboxServer sandbox, int requests)
    {
        var before = sandbox.ReadLedger().Count;
        await CoreRig.UntilAsync(() => sandbox.ReadLedger().Count >= before + requests);
    }

    private async Task CallAsync(HttpClient client, int caller, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var run = await SendAsync(client, _key, HttpMethod.Post, "/v1/runs", new { workflow = "ask" });
                if (run.Text("status") != "waiting") _failures.Enqueue("start: " + run);
                var read = await SendAsync(client, _key, HttpMethod.Get, "/v1/runs/" + run.Text("id"), null, ("Cache-Control", "no-cache"));
                var interaction = read.GetProperty("interactions")[0].Text("id");
                var answered = await SendAsync(client, _key, HttpMethod.Post, $"/v1/runs/{run.Text("id")}/respond", new { interactionId = interaction, type = "accept" });
                if (!answered.GetProperty("final").GetBoolean()) _failures.Enqueue("respond: " + answered);
            }
            catch (Exception exception)
            {
                _failures.Enqueue(exception.ToString());
            }

            Interlocked.Increment(ref _turns[caller]);
        }
    }

    private async Task<JsonElement> SendAsync(HttpClient client, string key, HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", key);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) _failures.Enqueue($"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    private async Task<WebApplication> StartAsync(SandboxServer sandbox)
    {
        var config = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "token-0");
        await File.WriteAllTextAsync(config, $$"""
            { "connections": { "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "poll": { "min": "100ms", "max": "300ms" }, "credential": { "value": "${file:{{Path.Combine(_folder, "token")}}}" } } },
              "workflows": { "ask": { "routes": [ { "name": "r", "connection": "juo", "target": { "flowType": "{{Scenarios.Juo.Cancellation}}" } } ] } } }
            """);
        List<string> args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Storage:Path", Path.Combine(_folder, "gateway.db"),
            "--Sandbox:BaseUrl", new Uri(sandbox.Juo, ".").AbsoluteUri, "--Access:Mode", "keys",
        ];
        foreach (var (i, (id, key, role, tenant)) in ((string, string, string, string)[])[("first", _key, "caller", "a"), ("admin", Admin, "operator", "*")] is var keys ? keys.Index() : [])
        {
            args.AddRange([$"--Access:Keys:{i}:Id", id, $"--Access:Keys:{i}:Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))), $"--Access:Keys:{i}:Role", role, $"--Access:Keys:{i}:Tenant", tenant]);
        }

        var app = await GatewayHost.BuildAsync([.. args], builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        return app;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
