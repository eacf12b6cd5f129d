using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Npgsql;
using WorkflowGateway.Catalog;
using WorkflowGateway.Sandbox;
using WorkflowGateway.Testing;
using WorkflowGateway.Tests.Access;
using WorkflowGateway.Tests.Telemetry;

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
    private WebApplication _app = null!;
    private EchoVendor _echo = null!;
    private Authority _authority = null!;
    private Collector _collector = null!;
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

    /// <summary>Of the connections to the sandbox's Juo.</summary>
    public string Credential { get; private set; } = "";

    /// <summary>Of the connections to those that tell it back.</summary>
    public string Echoed { get; private set; } = "";

    /// <summary>What came to the collector so far.</summary>
    public IReadOnlyList<Sent> Exported => _collector.All;

    public Uri Url => _client.BaseAddress!;

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
        _echo = new EchoVendor();
        _authority = await Authority.StartAsync();
        _collector = await Collector.StartAsync();
        Environment.SetEnvironmentVariable("WFG_CANARY", Secret("credential from a variable"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), Secret("credential from a file"));
        (Credential, Echoed) = (Secret("credential as a value"), Secret("credential that is told back"));
        await File.WriteAllTextAsync(ConfigPath, CanaryConfig.Of(Credential, Path.Combine(_folder, "token"), Secret("a vendor's webhook secret"), new Uri(_unknownToAll.Url).GetLeftPart(UriPartial.Authority), _echo.Url, Echoed));
        var master = KeySecret("master key")[..24] + "12345678";
        _secrets.Add(new Canary("master key", master[..24]));
        _secrets.Add(new Canary("master key, as it is set", Convert.ToBase64String(Encoding.ASCII.GetBytes(master))[..30]));
        List<string> args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", ConfigPath, "--Gateway:ReloadInterval", "20ms", "--Sandbox:BaseUrl", new Uri(_sandbox.Juo, ".").AbsoluteUri,
            "--Access:Mode", "keys", "--Security:MasterKey", Convert.ToBase64String(Encoding.ASCII.GetBytes(master)), "--Webhooks:AllowLoopback", "true",
            "--Access:Jwt:Authority", _authority.Url, "--Access:Jwt:Audience", "gateway", "--OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Http, "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
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
            // The console's lines are made as in Production, and kept.
            foreach (var console in builder.Services.Where(service => service.ServiceType == typeof(ILoggerProvider) && service.ImplementationType == typeof(ConsoleLoggerProvider)).ToList()) builder.Services.Remove(console);
            builder.Logging.AddProvider(Sinks);
            // As an operator who looks for something would.
            foreach (var category in (string[])["Default", "Microsoft.AspNetCore", "Microsoft.Hosting.Lifetime", "System.Net.Http"]) builder.Configuration["Logging:LogLevel:" + category] = "Trace";
        });
        Sinks.Console = _app.Services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == ConsoleFormatterNames.Json);
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    public static string KeyOf(string id) => $"wfg_{id}_{KeySecret(id)}";

    /// <summary>A token of the authority's, of which no part may get anywhere: neither what it says beside what we ask for, nor its signature.</summary>
    public string Token(string name, DateTimeOffset at)
    {
        var payload = _authority.Payload(at);
        payload["email"] = Secret("a claim of " + name);
        var token = _authority.Sign(Authority.Header(), payload);
        lock (_secrets) _secrets.Add(new Canary("the signature of " + name, token[^60..^12]));
        return token;
    }

    /// <param name="own">Whether the caller rightly gets back what it or its vendor said, or is shown this once what it asked for; named where it is so.</param>
    public async Task<(int Status, JsonElement Body)> SendAsync(string key, HttpMethod method, string path, object? body = null, bool own = false, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + (key.StartsWith("wfg_", StringComparison.Ordinal) || key.Contains('.', StringComparison.Ordinal) ? key : KeyOf(key)));
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
        await _authority.DisposeAsync();
        await _collector.DisposeAsync();
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

    // No two alike, and of signs that every encoding writes in its own way.
    private static string Add(List<Canary> canaries, string name)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..10];
        var core = $"cn\"{mark}+/&z<%";
        lock (canaries) canaries.Add(new Canary(name, core));
        return $"before-{core}-after";
    }
}
