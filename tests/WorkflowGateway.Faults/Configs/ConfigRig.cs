using System.Globalization;
using System.Text;
using WorkflowGateway.Catalog;
using WorkflowGateway.Faults.Rig;
using WorkflowGateway.Runners;

namespace WorkflowGateway.Faults.Configs;

/// <summary>A real gateway process under load, into whose configuration file anything is put.</summary>
internal sealed class ConfigRig : IAsyncDisposable
{
    private readonly GatewayFolder _folder;
    private readonly SandboxServer _sandbox;
    private readonly GatewayProcess _process;
    private readonly HttpClient _http;

    private ConfigRig(GatewayFolder folder, SandboxServer sandbox, GatewayProcess process, Uri address)
    {
        (_folder, _sandbox, _process) = (folder, sandbox, process);
        _http = new HttpClient { BaseAddress = address };
        Good = File.ReadAllBytes(folder.ConfigPath);
        Load = new ConfigLoad(address);
    }

    public ConfigLoad Load { get; }

    public byte[] Good { get; }

    public string GoodRevision => RevisionOf(Good)!;

    public bool HasEnded => _process.HasEnded;

    public string Errors => _process.Errors;

    /// <summary>SIGHUP.</summary>
    public void Hangup() => Signals.Send(_process.Id, Signals.Hangup);

    public static async Task<ConfigRig> StartAsync(string? mutant = null, string interval = "20ms")
    {
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1 }, CancellationToken.None);
        var folder = new GatewayFolder("10s");
        var port = Ports.Free();
        var process = GatewayProcess.Launch(folder, sandbox.Control, port, mutant, ("Gateway__ReloadInterval", interval));
        await process.ListeningAsync();
        return new ConfigRig(folder, sandbox, process, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <summary>What a content means to this gateway; null where it must be refused.</summary>
    public string? RevisionOf(byte[] content)
    {
        try
        {
            return CatalogReader.Read("gateway.json", content, new CatalogContext
            {
                Adapters = VendorAdapters.All,
                Home = new HomeFolder(_folder.Path),
                Sandbox = new Dictionary<string, string> { ["juo"] = "http://127.0.0.1/juo", ["interactly"] = "http://127.0.0.1/interactly", ["fortanix"] = "http://127.0.0.1/fortanix" },
                HasMasterKey = true,
                Loopback = new WorkflowGateway.Webhooks.LoopbackRule(true),
            }).Revision;
        }
        catch (CatalogException)
        {
            return null;
        }
    }

    public void Put(SpoiltFile file)
    {
        // What was put there before may be no file that can be written into.
        if (Directory.Exists(_folder.ConfigPath)) Directory.Delete(_folder.ConfigPath);
        else if (file.Content is null || new FileInfo(_folder.ConfigPath).LinkTarget is not null || !File.Exists(_folder.ConfigPath) || new FileInfo(_folder.ConfigPath).Length == 0) File.Delete(_folder.ConfigPath);
        file.Put(_folder.ConfigPath);
    }

    public void Put(byte[] content) => Put(new SpoiltFile("good", content, path => File.WriteAllBytes(path, content)));

    public async Task<long> MetricAsync(string name)
    {
        var line = (await _http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public Task<long> FailuresAsync() => MetricAsync("gateway_config_reload_failures_total");

    public async Task<(string Status, string Revision)> HealthAsync()
    {
        var health = System.Text.Json.JsonElement.Parse(await _http.GetStringAsync(new Uri("health/ready", UriKind.Relative)));
        return (health.GetProperty("status").GetString()!, health.GetProperty("configuration").GetProperty("revision").GetString()!);
    }

    public static byte[] With(byte[] good, string timeout) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace("10s", timeout, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        _http.Dispose();
        await _process.DisposeAsync();
        await _sandbox.DisposeAsync();
        if (Directory.Exists(_folder.ConfigPath)) Directory.Delete(_folder.ConfigPath);
        _folder.Dispose();
    }
}
