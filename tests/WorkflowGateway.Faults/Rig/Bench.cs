using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WorkflowGateway.Catalog;
using WorkflowGateway.Ledger;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Faults.Rig;

/// <summary>The vendors and a gateway with a clock in hand, in this process, on real HTTP and a real file.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly GatewayFolder _folder;
    private readonly ShiftedTime _time = new();
    private readonly Uri _vendors;
    private WebApplication? _gateway;
    private GatewayClient? _client;

    private Bench(SandboxServer? sandbox, Uri vendors, string store) => (Sandbox, _vendors, _folder) = (sandbox, vendors, new GatewayFolder("1s", store));

    public SandboxServer? Sandbox { get; private set; }

    public GatewayClient Client => _client!;

    public Uri Address => new(_gateway!.Urls.First());

    /// <param name="store">Where the ledger is.</param>
    /// <param name="configure">What is to be otherwise in gateway.json.</param>
    /// <param name="vendorsAhead">How far the vendors' clock is ahead.</param>
    public static async Task<Bench> StartAsync(string store = "sqlite", Func<string, string>? configure = null, TimeSpan vendorsAhead = default)
    {
        var theirs = new ShiftedTime();
        theirs.Advance(vendorsAhead);
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1, Time = theirs }, CancellationToken.None);
        var bench = new Bench(sandbox, sandbox.Control, store);
        if (configure is not null) bench._folder.Edit(configure);
        return await StartAsync(bench);
    }

    /// <summary>With a gateway.json of its own, made for where the vendors are.</summary>
    public static async Task<Bench> StartAsync(Func<Uri, string> configuration, string store = "sqlite")
    {
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1 }, CancellationToken.None);
        var bench = new Bench(sandbox, sandbox.Control, store);
        bench._folder.Edit(_ => configuration(sandbox.Control));
        return await StartAsync(bench);
    }

    /// <summary>With vendors that do not listen, until <see cref="OpenVendorsAsync"/>.</summary>
    public static Task<Bench> StartAsync(Uri vendors) => StartAsync(new Bench(null, vendors, "sqlite"));

    public async Task OpenVendorsAsync() =>
        Sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1, Urls = _vendors.GetLeftPart(UriPartial.Authority) }, CancellationToken.None);

    /// <summary>Ends the vendors: what they let wait breaks off.</summary>
    public async Task CloseVendorsAsync()
    {
        await Sandbox!.DisposeAsync();
        Sandbox = null;
    }

    /// <summary>A start, and what it has come to once it is no longer under way.</summary>
    public async Task<Reply> StartRunAsync(string workflow, string key)
    {
        var reply = await Client.StartAsync(workflow, key);
        if (reply.RunId is { } id) await Until.HoldsAsync(async () => (reply = await Client.GetRunAsync(id)).RunStatus != "starting", $"{id} is no longer starting");
        return reply;
    }

    /// <summary>A run that somebody else starts in the same account at Interactly.</summary>
    /// <param name="marker">The mark that it bears; null for none.</param>
    public async Task<string> StartElsewhereAsync(object? marker)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Sandbox!.Interactly.AbsoluteUri.TrimEnd('/') + "/workflows/v1/workflow-runs")
        {
            Content = JsonContent.Create(new
            {
                workflow_id = Scenarios.Interactly.NeverEnding,
                command = "start",
                miscellaneous = marker is null ? (object)new { } : new { workflowGateway = marker },
                thread_to_node_inputs = new Dictionary<string, object> { ["0"] = new { node_run_inputs = Array.Empty<object>() } },
            }),
        };
        request.Headers.Add("Authorization", "Bearer somebody-else");
        using var answer = await http.SendAsync(request);
        answer.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        return Sandbox.ReadLedger("interactly", "start")[^1].VendorRunId!;
    }

    public async Task<Reply> StatusAsync(string runId, string status)
    {
        Reply? reply = null;
        await Until.HoldsAsync(async () => (reply = await Client.GetRunAsync(runId)).RunStatus == status, $"{runId} is {status}");
        return reply!;
    }

    public LedgerEntry[] Starts(string key) => [.. Sandbox!.ReadLedger(operation: "start").Where(start => start.Body?.Contains(key, StringComparison.Ordinal) == true)];

    public int Count(string operation, string vendor) => Sandbox!.ReadLedger(vendor, operation).Count;

    /// <summary>Moves the gateway's clock ahead, and waits until it has looked for due runs of that vendor: it reads the endless one.</summary>
    public async Task PassAsync(string vendor)
    {
        // It may have asked just now to be left alone for a second.
        await Until.HoldsAsync(async () => (await Client.StartAsync(vendor + "-endless", "endless")).Ok, $"{vendor} starts something");
        foreach (var time in new[] { TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(20) })
        {
            var before = Count("get", vendor);
            _time.Advance(time);
            await Until.HoldsAsync(() => Count("get", vendor) > before, $"{vendor} is read again");
        }
    }

    public void Advance(TimeSpan time) => _time.Advance(time);

    /// <summary>Sets the gateway's wall clock.</summary>
    public void Jump(TimeSpan time) => _time.Jump(time);

    /// <summary>Moves the gateway's clock and the vendors'.</summary>
    public void AdvanceAll(TimeSpan time)
    {
        Sandbox!.Controls.Advance(time);
        _time.Advance(time);
    }

    /// <summary>Waits until the gateway has looked through a vendor's list again, begun after now and done.</summary>
    public async Task LookedAsync(string vendor)
    {
        // The one that is counted next may have begun before; once another has begun, a whole one is over.
        var before = Count("list", vendor);
        await Until.HoldsAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return Count("list", vendor) >= before + 3;
        }, $"{vendor} is looked through");
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync(this);
    }

    /// <summary>What was kept of an answer that made no sense.</summary>
    public async Task<string?> EvidenceAsync(string runId)
    {
        var reader = _gateway!.Services.GetRequiredService<LedgerReader>();
        RunId.TryParse(runId, out var id).Should().BeTrue();
        var run = await reader.FindRunAsync(null, id);
        return await reader.FindBodyAsync(run!, BodyKind.Evidence);
    }

    /// <summary>A number from the ledger.</summary>
    public long Query(string sql) => _folder.Store.Query(sql, row => row.GetInt64(0)).Single();

    /// <summary>The commands of all runs, as they stand in the file.</summary>
    public List<string> Commands() => _folder.Store.Query("SELECT kind || ' ' || state FROM commands ORDER BY created_at", row => row.GetString(0));

    public async ValueTask DisposeAsync()
    {
        // First: what they let wait on purpose, a gateway that stops would wait for.
        if (Sandbox is not null) await CloseVendorsAsync();
        await StopAsync();
        _folder.Dispose();
    }

    private static async Task<Bench> StartAsync(Bench bench)
    {
        bench._gateway = await GatewayHost.BuildAsync(bench._folder.Arguments(bench._vendors, "http://127.0.0.1:0"), builder => builder.Services
            .AddSingleton<TimeProvider>(new SteadyTime(bench._time))
            .AddSingleton(new HomeFolder(bench._folder.Path)));
        await bench._gateway.StartAsync();
        bench._client = new GatewayClient(new Uri(bench._gateway.Urls.First()));
        return bench;
    }

    private async Task StopAsync()
    {
        _client?.Dispose();
        if (_gateway is null) return;
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        _gateway = null;
    }
}
