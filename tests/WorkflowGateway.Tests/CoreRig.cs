using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkflowGateway.Catalog;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Tests;

/// <summary>A gateway that can be stopped and started again over the same file, with a sandbox that outlives it and a clock that can be set ahead.</summary>
internal sealed class CoreRig : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wfg-core-").FullName;
    private readonly List<HttpClient> _clients = [];
    private SandboxServer? _sandbox;
    private WebApplication? _app;

    public ShiftedTime Time { get; } = new();
    public LogLines Log { get; } = new();
    public SandboxServer Sandbox => _sandbox!;
    public SandboxControls Controls => Sandbox.Controls;
    public IServiceProvider Services => _app!.Services;
    public HttpClient Client => _clients[^1];

    public string ConfigPath => Path.Combine(_folder, "gateway.json");

    private string File => Path.Combine(_folder, "gateway.db");

    public static async Task<CoreRig> StartAsync(CoreConfig? config = null)
    {
        var rig = new CoreRig { _sandbox = await SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None) };
        await rig.StartGatewayAsync(config);
        return rig;
    }

    public async Task StartGatewayAsync(CoreConfig? config = null)
    {
        await System.IO.File.WriteAllTextAsync(ConfigPath, (config ?? new CoreConfig()).ToJson());
        _app = await GatewayHost.BuildAsync(
            [
                "--environment", "Development", "--urls", "http://127.0.0.1:0", "--Gateway:ConfigPath", ConfigPath, "--Gateway:ReloadInterval", "20ms",
                "--Storage:Path", File, "--Sandbox:BaseUrl", new Uri(Sandbox.Juo, ".").AbsoluteUri,
            ],
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(Log);
                builder.Services.AddSingleton<TimeProvider>(Time);
            });
        await _app.StartAsync();
        // One for each life, and the earlier ones kept: they may still be waiting for the end of an answer.
        _clients.Add(new HttpClient { BaseAddress = new Uri(_app.Urls.First()) });
    }

    /// <param name="patience">How long what is under way may take; null for as long as the configuration says.</param>
    public async Task StopGatewayAsync(TimeSpan? patience = null)
    {
        using var end = patience is { } time ? new CancellationTokenSource(time) : new CancellationTokenSource();
        await _app!.StopAsync(end.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task RestartAsync(CoreConfig? config = null)
    {
        await StopGatewayAsync();
        await StartGatewayAsync(config);
    }

    /// <summary>Writes another configuration, and waits until it serves.</summary>
    public async Task ReconfigureAsync(string json)
    {
        var catalog = Services.GetRequiredService<LiveCatalog>();
        var revision = CatalogReader.Read(ConfigPath, System.Text.Encoding.UTF8.GetBytes(json), Services.GetRequiredService<CatalogContext>()).Revision;
        await System.IO.File.WriteAllTextAsync(ConfigPath, json);
        await UntilAsync(() => catalog.Current.Revision == revision && catalog.Fault is null);
    }

    public Task ReconfigureAsync(CoreConfig config) => ReconfigureAsync(config.ToJson());

    public async Task<Reply> PostAsync(string path, object? body = null, string? key = null, string? prefer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body ?? new { }) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        using var answer = await Client.SendAsync(request);
        return new Reply((int)answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()), answer.Headers.Contains("Idempotent-Replayed"));
    }

    public Task<Reply> StartRunAsync(string workflow, string? key = null, string? prefer = null, object? input = null) =>
        PostAsync("/v1/runs", new { workflow, input }, key, prefer);

    public async Task<JsonElement> GetAsync(string path) => JsonElement.Parse(await Client.GetStringAsync(new Uri(path, UriKind.Relative)));

    public Task<JsonElement> RunAsync(string id) => GetAsync("/v1/runs/" + id);

    /// <summary>Reads a run until it is as expected.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> expected)
    {
        JsonElement run = default;
        for (var i = 0; i < 600; i++)
        {
            run = await RunAsync(id);
            if (expected(run)) return run;
            await PauseAsync(50);
        }

        throw new TimeoutException($"The run never came to what was expected: {run}");
    }

    public Task<JsonElement> UntilAsync(string id, string status) => UntilAsync(id, run => run.Text("status") == status);

    public static async Task UntilAsync(Func<bool> expected)
    {
        for (var i = 0; i < 600 && !expected(); i++) await PauseAsync(50);
        expected().Should().BeTrue("it was waited for long enough");
    }

    /// <summary>For what must not happen: there is nothing to wait for.</summary>
    public static Task PauseAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);

    /// <summary>What the vendors have received of an operation.</summary>
    public IReadOnlyList<LedgerEntry> Received(string operation) => Sandbox.ReadLedger(operation: operation);

    /// <summary>The changes of a run, checked on the way: one event a version, none missing, each naming the status before, the last as the run is now.</summary>
    public async Task<IReadOnlyList<JsonElement>> HistoryAsync(string id)
    {
        var events = (await GetAsync($"/v1/runs/{id}/events?pageSize=500")).GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data")).ToList();
        var run = await RunAsync(id);
        events.Select(e => e.GetProperty("run").GetProperty("version").GetInt64()).Should().Equal(Enumerable.Range(1, events.Count).Select(i => (long)i));
        events.Skip(1).Select(e => e.Text("previousStatus")).Should().Equal(events.Take(events.Count - 1).Select(e => e.GetProperty("run").Text("status")));
        foreach (var member in (string[])["status", "statusReason", "version", "vendorRunId", "nativeStatus", "lastKnownStatus", "final"])
            events[^1].GetProperty("run").GetProperty(member).ToString().Should().Be(run.GetProperty(member).ToString(), member);
        return events;
    }

    public T Query<T>(string sql, object? parameters = null)
    {
        using var db = Open();
        return db.QuerySingle<T>(sql, parameters);
    }

    public void Execute(string sql, object? parameters = null)
    {
        using var db = Open();
        db.Execute(sql, parameters);
    }

    /// <summary>Keeps the ledger from being written until disposed, as a full disk would.</summary>
    public IDisposable HoldLedger()
    {
        var db = Open();
        db.Execute("BEGIN IMMEDIATE");
        return db;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await StopGatewayAsync(TimeSpan.FromSeconds(1));
        await Sandbox.DisposeAsync();
        foreach (var client in _clients) client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SqliteConnection Open()
    {
        var db = new SqliteConnection($"Data Source={File};Pooling=False;Default Timeout=20");
        db.Open();
        return db;
    }
}

internal sealed record Reply(int Status, JsonElement Body, bool Replayed)
{
    public string Id => Body.Text("id")!;
}

internal static class JsonReading
{
    public static string? ErrorCode(this JsonElement run) => run.Object("error")?.Text("code");
}

/// <summary>What was logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public LogLevel Least { get; init; } = LogLevel.Warning;

    public bool Has(string beginning) => _lines.Any(line => line.StartsWith(beginning, StringComparison.Ordinal));

    public bool Mentions(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}

/// <summary>Real time, ahead by as much as a test says.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _ahead;
    private long _held;

    /// <summary>Time passes, for what tells the time and for what measures it.</summary>
    public void Advance(TimeSpan time)
    {
        Interlocked.Add(ref _ahead, time.Ticks);
        Freeze(time);
    }

    /// <summary>Only what measures durations notices, as when a process is frozen for a while.</summary>
    public void Freeze(TimeSpan time) => Interlocked.Add(ref _held, (long)(time.TotalSeconds * TimestampFrequency));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _held);
}

/// <summary>The configuration of a <see cref="CoreRig"/>: three connections and a workflow for each way that things go.</summary>
internal sealed record CoreConfig
{
    public string Timeout { get; init; } = "5s";
    public string PollMax { get; init; } = "300ms";
    public string StaleAfter { get; init; } = "5m";
    public string JuoTenant { get; init; } = "demo.myshopify.com";

    /// <summary>Of a connection <c>hooked</c> that takes webhooks; null for none.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary>A connection, and its workflows, that are left out.</summary>
    public string? Without { get; init; }

    /// <summary>The section of webhooks.</summary>
    public string Webhooks { get; init; } = "{}";

    public string ToJson()
    {
        var common = $"\"timeout\": \"{Timeout}\", \"staleAfter\": \"{StaleAfter}\", \"poll\": {{ \"min\": \"100ms\", \"max\": \"{PollMax}\" }}, \"credential\": {{ \"value\": \"sandbox\" }}";
        string[] connections =
        [
            $$"""
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "{{JuoTenant}}", {{common}} }
            """,
            $$"""
            "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", {{common}} }
            """,
            $$"""
            "hooked": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "webhookSecrets": [ "{{WebhookSecret}}" ], {{common}} }
            """,
            $$"""
            "fortanix": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "exclusive": true, {{common}} }
            """,
        ];
        string[] workflows =
        [
            Juo("ask", Scenarios.Juo.Cancellation), Juo("twice", Scenarios.Juo.Pause), Juo("endless", Scenarios.Juo.NeverEnding), Juo("nothing", Scenarios.Juo.NoWorkflow),
            Interactly("talk", Scenarios.Interactly.NeverEnding), Interactly("at-once", Scenarios.Interactly.AtOnce), Interactly("secret", Scenarios.Interactly.NeverEnding, "\"storeInput\": false, "),
            Fortanix("graph", Scenarios.Fortanix.NeverEnding),
        ];
        return $"{{ \"connections\": {{ {Left(connections)} }}, \"workflows\": {{ {Left(workflows)} }}, \"webhooks\": {Webhooks} }}";
    }

    private string Left(string[] members) =>
        string.Join(", ", members.Where(member => WebhookSecret is not null || !member.Contains("\"hooked\"", StringComparison.Ordinal)).Where(member => Without is null || (!member.Contains($"\"{Without}\":", StringComparison.Ordinal) && !member.Contains($"\"connection\": \"{Without}\"", StringComparison.Ordinal))));

    private static string Juo(string name, string flow) =>
        $$"""
        "{{name}}": { "routes": [ { "name": "r", "connection": "juo", "target": { "flowType": "{{flow}}" } } ] }
        """;

    private static string Interactly(string name, string id, string more = "") =>
        $$"""
        "{{name}}": { {{more}}"routes": [ { "name": "r", "connection": "interactly", "target": { "workflowId": "{{id}}" } } ] }
        """;

    private static string Fortanix(string name, string id) =>
        $$"""
        "{{name}}": { "routes": [ { "name": "r", "connection": "fortanix", "target": { "graphId": "{{id}}", "graphVersion": "1",
          "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } } } } ] }
        """;
}
