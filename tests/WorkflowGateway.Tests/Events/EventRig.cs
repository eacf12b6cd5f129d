using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Tests.Events;

/// <summary>Gateways on one store, with keys for two tenants, whose runs are written straight into the ledger.</summary>
internal sealed class EventRig : IAsyncDisposable
{
    private const string Config = """
        {
          "connections": { "juo": { "adapter": "juo", "baseUrl": "http://127.0.0.1:9", "tenantId": "demo.myshopify.com", "credential": { "value": "none" } } },
          "workflows": { "w": { "routes": [ { "name": "r", "connection": "juo", "target": { "flowType": "cancellation" } } ] } }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-events-").FullName;
    private readonly string? _database;
    private readonly TimeProvider? _time;
    private readonly List<(WebApplication App, HttpClient Client)> _gateways = [];

    private readonly string[] _settings;

    private EventRig(string store, TimeProvider? time, string[] settings) =>
        (_database, _time, _settings) = (store == "postgres" ? PostgresServer.Shared.CreateDatabase() : null, time, settings);

    public static TheoryData<string> Stores { get; } = ["sqlite", "postgres"];

    public LogLines Log { get; } = new() { Least = LogLevel.Information };

    public IServiceProvider Services => _gateways[0].App.Services;

    /// <summary>The settings of its store.</summary>
    public string[] Storage =>
        ["--Storage:Path", Path.Combine(_folder, "gateway.db"), .. _database is null ? Array.Empty<string>() : ["--Storage:Provider", "postgres", "--Storage:ConnectionString", _database]];

    public Uri Address => _gateways[0].Client.BaseAddress!;

    public static async Task<EventRig> StartAsync(string store = "sqlite", TimeProvider? time = null, params string[] settings)
    {
        var rig = new EventRig(store, time, settings);
        await rig.AddAsync();
        return rig;
    }

    /// <summary>One more gateway: on PostgreSQL only.</summary>
    public async Task AddAsync()
    {
        var config = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(config, Config);
        List<string> args =
        [
            "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", config, "--Sandbox:Enabled", "false", "--Access:Mode", "keys",
            .. Storage, .. _settings,
        ];
        foreach (var ((key, tenant), i) in ((string, string)[])[("a", "a"), ("b", "b"), ("all", "*")] is var keys ? keys.Select((key, i) => (key, i)) : [])
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"wfg_{key}_secret")));
            args.AddRange([$"--Access:Keys:{i}:Id", key, $"--Access:Keys:{i}:Sha256", hash, $"--Access:Keys:{i}:Role", "viewer", $"--Access:Keys:{i}:Tenant", tenant]);
        }

        var app = await GatewayHost.BuildAsync([.. args], builder =>
        {
            builder.Logging.ClearProviders().AddProvider(Log);
            if (_time is not null) builder.Services.AddSingleton(_time);
        });
        await app.StartAsync();
        _gateways.Add((app, new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(1) }));
    }

    public T Get<T>(int gateway = 0) where T : notnull => _gateways[gateway].App.Services.GetRequiredService<T>();

    public Task StopAsync(int gateway = 0) => _gateways[gateway].App.StopAsync();

    /// <summary>A new run, with its first event.</summary>
    public async Task<RunRow> StartRunAsync(string tenant = "a", Func<RunRow, RunRow>? with = null)
    {
        var run = Sample.Run(RunStatus.Running, tenant) with { Version = 1 };
        if (with is not null) run = with(run);
        (await Get<RunLedger>().InsertAsync(run, null, DateTimeOffset.UnixEpoch.AddYears(100), null, null, null)).Should().Be(WriteResult.Applied);
        return run;
    }

    /// <summary>The run's next version, with its event.</summary>
    public async Task<RunRow> ChangeAsync(RunRow run, RunStatus status = RunStatus.Running, Func<RunRow, RunRow>? with = null, int gateway = 0)
    {
        var after = run with { Status = status, Version = run.Version + 1, FinalAt = status.IsFinal() ? DateTimeOffset.UnixEpoch.AddYears(56) : null };
        if (with is not null) after = with(after);
        (await Get<RunLedger>(gateway).UpdateAsync(run, after, "poll", (WorkKind.Poll, DateTimeOffset.UnixEpoch.AddYears(100)))).Should().Be(WriteResult.Applied);
        return after;
    }

    /// <summary>Takes away an ended run, as retention does.</summary>
    public async Task PurgeAsync(RunRow run)
    {
        var raise = new LedgerChange { Order = [] };
        raise.Guards.Add(RetentionTable.Raise((await IdsAsync($"run_id = {Hex(run)}"))[^1]));
        await Get<LedgerWriter>().WriteAsync(raise);
        (await Get<LedgerWriter>().WriteAsync(RetentionTable.Purge(new EndedRun(run, null, 0)))).Should().Be(WriteResult.Applied);
    }

    /// <summary>What the table of events has: the truth.</summary>
    public async Task<List<long>> IdsAsync(string where = "1=1")
    {
        await using var db = await OpenAsync();
        return (await db.QueryAsync<long>($"SELECT seq FROM events WHERE {where} ORDER BY seq")).AsList();
    }

    /// <summary>Writes behind the gateways' backs: nobody is woken.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var db = await OpenAsync();
        await db.ExecuteAsync(sql);
    }

    public string Hex(RunRow run) => _database is null ? $"X'{Convert.ToHexString(run.Id.ToBytes())}'" : $"'\\x{Convert.ToHexString(run.Id.ToBytes())}'::bytea";

    public async Task<SseReader> OpenAsync(string path = "/v1/events", string key = "all", string? lastEventId = null, int gateway = 0)
    {
        var answer = await SendAsync(path, key, gateway, ("Accept", "text/event-stream"), ("Last-Event-ID", lastEventId));
        answer.StatusCode.Should().Be(System.Net.HttpStatusCode.OK, path);
        return new SseReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    public async Task<JsonElement> GetAsync(string path = "/v1/events?pageSize=500", string key = "all", int gateway = 0, params (string Name, string? Value)[] headers)
    {
        using var answer = await SendAsync(path, key, gateway, headers);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> SendAsync(string path, string key = "all", int gateway = 0, params (string Name, string? Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", key.StartsWith("wfg_", StringComparison.Ordinal) || key.Contains('.', StringComparison.Ordinal) ? key : $"wfg_{key}_secret");
        foreach (var (name, value) in headers)
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        return _gateways[gateway].Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (app, client) in _gateways)
        {
            await app.StopAsync();
            await app.DisposeAsync();
            client.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<DbConnection> OpenAsync()
    {
        DbConnection db = _database is null ? new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_folder, "gateway.db")};Pooling=False;Default Timeout=20") : new Npgsql.NpgsqlConnection(_database);
        await db.OpenAsync();
        return db;
    }
}
