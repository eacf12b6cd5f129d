using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using WorkflowGateway.Catalog;
using WorkflowGateway.Sandbox;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Secrets;

/// <summary>A gateway of which every secret is a canary, at Trace, with vendors that can be reached and vendors that cannot.</summary>
internal sealed class CanaryRig : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-canary-").FullName;
    private readonly List<Canary> _secrets = [], _bodies = [];
    private readonly string? _database;
    private readonly HttpClient _client = new();
    private readonly ConcurrentQueue<(string Place, string Text)> _answers = [];
    private SandboxServer _sandbox = null!;
    private WebApplication _app = null!, _echo = null!;
    private Receiver _receiver = null!, _refusing = null!, _unknownToAll = null!;

    private CanaryRig(bool postgres) => _database = postgres ? PostgresServer.Shared.CreateDatabase() : null;

    public static async Task<CanaryRig> StartAsync(bool postgres)
    {
        var rig = new CanaryRig(postgres);
        await rig.StartAsync();
        return rig;
    }

    public Sinks Sinks { get; } = new();

    public SandboxControls Vendors => _sandbox.Controls;

    /// <summary>What must be nowhere at all.</summary>
    public IReadOnlyList<Canary> Secrets => _secrets;

    /// <summary>What only those may see whose it is.</summary>
    public IReadOnlyList<Canary> Bodies => _bodies;

    public IReadOnlyList<(string Place, string Text)> Answers => [.. _answers];

    public IReadOnlyList<Received> Delivered => [.. _receiver.All, .. _refusing.All];

    public string ConfigPath => Path.Combine(_folder, "gateway.json");

    /// <summary>Whether the configuration file is refused.</summary>
    public bool Refuses => _app.Services.GetRequiredService<LiveCatalog>().Fault is not null;

    public string ReceiverUrl => _receiver.Url;

    public string RefusingUrl => _refusing.Url;

    public string Secret(string name) => Add(_secrets, name);

    public string Body(string name) => Add(_bodies, name);

    public static string KeySecret(string name) => "CNRYKEY" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..20];

    private async Task StartAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);
        _receiver = await Receiver.StartAsync();
        _refusing = await Receiver.StartAsync();
        _refusing.AnswerWith(500);
        _unknownToAll = await Receiver.StartAsync(secure: true);
        _echo = await StartEchoAsync();
        Environment.SetEnvironmentVariable("WFG_CANARY", Secret("credential from a variable"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), Secret("credential from a file"));
        await File.WriteAllTextAsync(ConfigPath, Config());
        var master = KeySecret("master key")[..24] + "12345678";
        _secrets.Add(new Canary("master key", master[..24]));
        _secrets.Add(new Canary("master key, as it is set", Convert.ToBase64String(Encoding.ASCII.GetBytes(master))[..30]));
        List<string> args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", ConfigPath, "--Gateway:ReloadInterval", "20ms", "--Sandbox:BaseUrl", new Uri(_sandbox.Juo, ".").AbsoluteUri,
            "--Access:Mode", "keys", "--Security:MasterKey", Convert.ToBase64String(Encoding.ASCII.GetBytes(master)), "--Webhooks:AllowLoopback", "true",
        ];
        foreach (var (i, (id, role)) in ((string, string)[])[("op", "operator"), ("call", "caller"), ("view", "viewer")] is var keys ? keys.Index() : [])
        {
            _secrets.Add(new Canary("API key " + id, KeySecret(id)));
            args.AddRange([$"--Access:Keys:{i}:Id", id, $"--Access:Keys:{i}:Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(id)))), $"--Access:Keys:{i}:Role", role, $"--Access:Keys:{i}:Tenant", "*"]);
        }

        // The server trusts everybody here: whatever stands as the password is sent to nobody, and must not be told to anybody.
        if (_database is not null) args.AddRange(["--Storage:Provider", "postgres", "--Storage:ConnectionString", new NpgsqlConnectionStringBuilder(_database) { Password = Secret("database password") }.ConnectionString]);
        else args.AddRange(["--Storage:Path", Path.Combine(_folder, "gateway.db")]);
        _app = await GatewayHost.BuildAsync([.. args], builder =>
        {
            builder.Logging.ClearProviders().AddProvider(Sinks);
            // As an operator who looks for something would.
            foreach (var category in (string[])["Default", "Microsoft.AspNetCore", "Microsoft.Hosting.Lifetime", "System.Net.Http"]) builder.Configuration["Logging:LogLevel:" + category] = "Trace";
        });
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    public static string KeyOf(string id) => $"wfg_{id}_{KeySecret(id)}";

    /// <param name="own">Whether the caller rightly gets back what it or its vendor said, or is shown this once what it asked for; named where it is so.</param>
    public async Task<(int Status, JsonElement Body)> SendAsync(string key, HttpMethod method, string path, object? body = null, bool own = false, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + (key.StartsWith("wfg_", StringComparison.Ordinal) ? key : KeyOf(key)));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var place = string.Create(CultureInfo.InvariantCulture, $"{(own ? "own " : "")}answer {(int)answer.StatusCode} to {method} {path.Split('?')[0]}");
        _answers.Enqueue((place, $"{answer.Headers}{answer.Content.Headers}{text}"));
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default);
    }

    public async Task<string> StreamAsync(string path, int events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + KeyOf("view"));
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var text = new StringBuilder();
        for (var seen = 0; seen < events && await lines.ReadLineAsync() is { } line; text.AppendLine(line)) seen += line.StartsWith("data:", StringComparison.Ordinal) ? 1 : 0;
        return text.ToString();
    }

    /// <summary>Everything that the store keeps, as bytes: the files while they are written and afterwards, or every row of every table.</summary>
    public async Task<List<(string Place, byte[] Bytes)>> StoreAsync()
    {
        if (_database is null)
        {
            var before = Files();
            await _app.StopAsync();
            return [.. before, .. Files()];
        }

        await _app.StopAsync();
        await using var connection = new NpgsqlConnection(_database + ";Pooling=false");
        var tables = (await connection.QueryAsync<string>("SELECT tablename FROM pg_tables WHERE schemaname='public'")).ToList();
        tables.Should().Contain(["runs", "events", "audit", "run_bodies", "commands", "webhooks"]);
        var rows = new List<(string, byte[])>();
        foreach (var table in tables) rows.Add(("table " + table, Encoding.UTF8.GetBytes(string.Join('\n', await connection.QueryAsync<string>($"SELECT t::text FROM {table} t")))));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _sandbox.DisposeAsync();
        await _echo.DisposeAsync();
        await _receiver.DisposeAsync();
        await _refusing.DisposeAsync();
        await _unknownToAll.DisposeAsync();
        Sinks.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private List<(string Place, byte[] Bytes)> Files() => [.. Directory.GetFiles(_folder, "gateway.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Select(file =>
    {
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[open.Length];
        open.ReadExactly(bytes);
        return ("file " + Path.GetFileName(file), bytes);
    })];

    // Tells whoever comes that it may not, and with what it came.
    private static async Task<WebApplication> StartEchoAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"" + string.Join(' ', http.Request.Headers.Authorization!) + "\"";
            var said = $"No such token: {string.Join(' ', http.Request.Headers.Select(header => header.Value.ToString()))}";
            await http.Response.WriteAsJsonAsync(new { message = said, error = new { code = said, message = said }, detail = said, title = said });
        });
        await app.StartAsync();
        return app;
    }

    private string Config()
    {
        var (literal, dead) = (Literal(Secret("credential as a value")), $"https://{new string('x', 70)}.localhost");
        var echoed = Literal(Secret("credential that is told back"));
        return $$"""
            { "connections": {
                "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "timeout": "1s", "poll": { "min": "100ms", "max": "300ms" }, "credential": { "value": {{literal}} } },
                "mine": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "from": "caller" } },
                "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "timeout": "1s", "credential": { "value": "${env:WFG_CANARY}" }, "webhookSecrets": [ {{Literal(Secret("a vendor's webhook secret"))}} ] },
                "fortanix": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "timeout": "1s", "exclusive": true, "credential": { "value": "${file:{{Path.Combine(_folder, "token")}}}" } },
                "refused": { "adapter": "juo", "baseUrl": "http://127.0.0.1:1/customer/v1", "tenantId": "a.myshopify.com", "credential": { "value": {{literal}} } },
                "nowhere": { "adapter": "interactly", "baseUrl": "{{dead}}/workflows", "credential": { "value": {{literal}} } },
                "untrusted": { "adapter": "fortanix", "baseUrl": "{{new Uri(_unknownToAll.Url).GetLeftPart(UriPartial.Authority)}}", "credential": { "value": {{literal}} } },
                "juo-echo": { "adapter": "juo", "baseUrl": "{{_echo.Urls.First()}}/customer/v1", "tenantId": "a.myshopify.com", "credential": { "value": {{echoed}} } },
                "interactly-echo": { "adapter": "interactly", "baseUrl": "{{_echo.Urls.First()}}/workflows", "credential": { "value": {{echoed}} } },
                "fortanix-echo": { "adapter": "fortanix", "baseUrl": "{{_echo.Urls.First()}}", "credential": { "value": {{echoed}} } } },
              "workflows": { {{string.Join(", ", Workflows())}} } }
            """;
    }

    private static IEnumerable<string> Workflows()
    {
        foreach (var connection in (string[])["juo", "mine", "refused", "juo-echo"])
            yield return $$""" "{{connection}}": { "routes": [ { "name": "r", "connection": "{{connection}}", "target": { "flowType": "{{Scenarios.Juo.Cancellation}}" }, "input": { "context": "${input}" } } ] } """;
        foreach (var connection in (string[])["interactly", "nowhere", "interactly-echo"])
            yield return $$""" "{{connection}}": { "routes": [ { "name": "r", "connection": "{{connection}}", "target": { "workflowId": "{{Scenarios.Interactly.NeverEnding}}" }, "input": { "dynamicVariables": "${input}" } } ] } """;
        foreach (var connection in (string[])["fortanix", "untrusted", "fortanix-echo"])
            yield return $$""" "{{connection}}": { "routes": [ { "name": "r", "connection": "{{connection}}", "target": { "graphId": "{{Scenarios.Fortanix.NeverEnding}}", "graphVersion": "1", "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } }, "runtimeConfigs": { "trainer": { "deployment": { "aci": { "exposedPorts": [], "envVars": { "DATA": "${input.data}" } } } } } } } ] } """;
    }

    private static string Literal(string text) => JsonSerializer.Serialize(text);

    // No two alike, and of signs that every encoding writes in its own way.
    private static string Add(List<Canary> canaries, string name)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..10];
        var core = $"cn\"{mark}+/&z<%";
        lock (canaries) canaries.Add(new Canary(name, core));
        return $"before-{core}-after";
    }
}
