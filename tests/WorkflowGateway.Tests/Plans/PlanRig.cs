using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Catalog;
using WorkflowGateway.Runs;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests.Plans;

/// <summary>What really became of a start: where it went and what the vendor got, or the problem.</summary>
internal sealed record Fact
{
    public RunId Run { get; init; }
    public string? Route { get; init; }
    public string? Connection { get; init; }

    /// <summary>The vendor and the account there, as its request named it.</summary>
    public string? Account { get; init; }

    /// <summary>Method, path and body, without the one attempt's id.</summary>
    public string? Request { get; init; }

    public string? Code { get; init; }

    /// <summary>The places of a problem.</summary>
    public string Places { get; init; } = "";
}

/// <summary>A fresh gateway on a configuration, with keys of several tenants, at a sandbox that outlives it. Its next run's id can be said.</summary>
internal sealed class PlanRig : IAsyncDisposable
{
    private static readonly string[] Callers = ["a", "b", "default", "all"];

    private readonly string _folder;
    private readonly SandboxServer _sandbox;
    private readonly WebApplication _app;
    private readonly HttpClient _client = new();
    private readonly GivenIds _ids;

    private readonly string[] _store;

    private PlanRig(SandboxServer sandbox, string folder, WebApplication app, GivenIds ids, string[] store) => (_sandbox, _folder, _app, _ids, _store) = (sandbox, folder, app, ids, store);

    public IServiceProvider Services => _app.Services;

    public string Folder => _folder;

    /// <summary>What a command beside this gateway is told, to find the same ledger and configuration.</summary>
    public string[] Settings => ["--environment", "Development", "--Gateway:ConfigPath", Path.Combine(_folder, "gateway.json"), .. _store, "--Sandbox:BaseUrl", new Uri(_sandbox.Juo, ".").AbsoluteUri];

    public CatalogSnapshot Catalog => Services.GetRequiredService<LiveCatalog>().Current;

    /// <param name="sandbox">The vendors.</param>
    /// <param name="configuration">What it serves.</param>
    /// <param name="database">A database of PostgreSQL; null for a file of its own.</param>
    public static async Task<PlanRig> StartAsync(SandboxServer sandbox, JsonObject configuration, string? database = null)
    {
        var folder = Directory.CreateTempSubdirectory("wfg-plan-").FullName;
        var config = Path.Combine(folder, "gateway.json");
        await File.WriteAllTextAsync(config, configuration.ToJsonString());
        string[] store = database is null ? ["--Storage:Path", Path.Combine(folder, "gateway.db")]
            : ["--Storage:Path", Path.Combine(folder, "gateway.db"), "--Storage:Provider", "postgres", "--Storage:ConnectionString", database];
        List<string> args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Access:Mode", "keys",
            .. store, "--Sandbox:BaseUrl", new Uri(sandbox.Juo, ".").AbsoluteUri,
        ];
        foreach (var (id, i) in Callers.Select((id, i) => (id, i)))
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(id))));
            args.AddRange([$"--Access:Keys:{i}:Id", id, $"--Access:Keys:{i}:Sha256", hash, $"--Access:Keys:{i}:Role", "operator", $"--Access:Keys:{i}:Tenant", id == "all" ? "*" : id]);
        }

        var ids = new GivenIds();
        var app = await GatewayHost.BuildAsync([.. args], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<Ids>(ids);
        });
        await app.StartAsync();
        var rig = new PlanRig(sandbox, folder, app, ids, store);
        rig._client.BaseAddress = new Uri(app.Urls.First());
        return rig;
    }

    /// <param name="start">The start.</param>
    /// <param name="run">The id that its run gets; null for a new one.</param>
    public async Task<Fact> MakeAsync(PlanStart start, RunId? run)
    {
        _ids.Next = run;
        var seen = _sandbox.ReadLedger().Count;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs" + (start.DryRun ? "?dryRun=true" : "")) { Content = JsonContent.Create(BodyOf(start)) };
        request.Headers.Authorization = new("Bearer", KeyOf(start.Caller));
        if (start.Key is { } key) request.Headers.Add("Idempotency-Key", key);
        if (start.Token is { } token) request.Headers.Add("Vendor-Authorization", token);
        using var answer = await _client.SendAsync(request);
        var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        if ((int)answer.StatusCode != 201)
        {
            ((int)answer.StatusCode).Should().BeInRange(400, 499, body.ToString());
            return new Fact
            {
                Code = body.GetProperty("code").GetString(),
                Places = body.TryGetProperty("errors", out var errors) ? string.Join(' ', errors.EnumerateArray().Select(error => error.GetProperty("pointer").GetString())) : "",
            };
        }

        RunId.TryParse(body.GetProperty("id").GetString(), out var id).Should().BeTrue();
        var sent = _sandbox.ReadLedger(operation: "start", after: seen).Should().ContainSingle(body.ToString()).Which;
        return new Fact
        {
            Run = id,
            Route = body.GetProperty("route").GetProperty("name").GetString(),
            Connection = body.GetProperty("connection").GetString(),
            Account = sent.Vendor + string.Concat((sent.HeaderValues ?? new Dictionary<string, string>()).Where(header => !header.Key.Contains("trace", StringComparison.OrdinalIgnoreCase)).OrderBy(header => header.Key).Select(header => $" {header.Key}={header.Value}")),
            Request = Plain($"{sent.Method} {sent.Target}", sent.Body is null ? null : JsonNode.Parse(sent.Body)),
        };
    }

    /// <summary>A plan as an operator asks for it.</summary>
    public async Task<JsonElement> PlanAsync(JsonObject configuration, string caller = "all")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/routes/plan") { Content = JsonContent.Create(new JsonObject { ["configuration"] = configuration.DeepClone() }) };
        request.Headers.Authorization = new("Bearer", KeyOf(caller));
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).Should().Be(200, text);
        return JsonElement.Parse(text);
    }

    /// <summary>A request as text, the same whatever its attempt's id is.</summary>
    public static string Plain(string line, JsonNode? body)
    {
        if (body?["miscellaneous"]?["workflowGateway"] is JsonObject marker) marker.Remove("attemptId");
        return $"{line}\n{(body is null ? "" : CanonicalJson.Text(JsonSerializer.SerializeToElement(body)))}";
    }

    public async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Dictionary<string, object?> BodyOf(PlanStart start)
    {
        var body = new Dictionary<string, object?> { ["workflow"] = start.Workflow };
        if (start.Input is { } input) body["input"] = input;
        if (start.Labels is { } labels) body["labels"] = labels;
        if (start.Subject is { } subject) body["subject"] = subject;
        if (start.CorrelationId is { } correlation) body["correlationId"] = correlation;
        if (start.Connection is { } connection) body["connection"] = connection;
        return body;
    }

    private static string KeyOf(string id) => $"wfg_{id}_secret-of-{id}";

    private sealed class GivenIds() : Ids(TimeProvider.System)
    {
        public RunId? Next { get; set; }

        public override RunId NextRun()
        {
            var (given, _) = (Next, Next = null);
            return given ?? base.NextRun();
        }
    }
}
