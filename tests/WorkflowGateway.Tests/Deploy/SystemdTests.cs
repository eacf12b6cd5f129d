using System.Diagnostics;
using WorkflowGateway.Cli;
using WorkflowGateway.Tests.Cli;

namespace WorkflowGateway.Tests.Deploy;

/// <summary>config/deploy/workflow-gateway.service: judged by systemd's own tools, and its command started with its settings.</summary>
public sealed class SystemdTests : IDisposable
{
    // systemd-analyze counts from 0 (nothing is open) to 100.
    private const int MostExposed = 15;

    private readonly string[] _lines = File.ReadAllLines(Repository.File("config/deploy/workflow-gateway.service"));
    private readonly Binary _binary = new();

    public void Dispose() => _binary.Dispose();

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_it_and_little_exposed()
    {
        // What it starts has to be there; where .NET is on this machine is not the unit's matter.
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "/bin/true";
        _binary.Write("workflow-gateway.service", string.Join('\n', _lines).Replace("/usr/bin/dotnet", dotnet, StringComparison.Ordinal));
        var unit = Path.Combine(_binary.Folder, "workflow-gateway.service");

        (await AnalyzeAsync("verify", "--man=no", unit)).Should().Be((0, ""));
        var (code, said) = await AnalyzeAsync("security", "--offline=true", $"--threshold={MostExposed}", "--no-pager", unit);
        code.Should().Be(0, said);
    }

    [Fact]
    public void Every_setting_exists_and_the_stop_has_its_time()
    {
        using var services = GatewayHost.BuildForVerb(["--environment", "Production", "--Access:Mode=keys"]);

        Settings().Select(setting => setting.Name).Where(name => !name.StartsWith("DOTNET_", StringComparison.Ordinal)).Select(name => name.Replace("__", ":", StringComparison.Ordinal))
            .Should().BeSubsetOf(new EffectiveSettings(services).All.Select(setting => setting.Name));
        int.Parse(Value("TimeoutStopSec"), System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThan(90 + 10);
        Value("RestartPreventExitStatus").Split(' ').Should().BeEquivalentTo($"{ExitCode.BadUsage}", $"{ExitCode.BadConfiguration}");
        (Value("DynamicUser"), Value("ProtectSystem"), Value("NoNewPrivileges"), Value("CapabilityBoundingSet")).Should().Be(("yes", "strict", "yes", ""));
    }

    [Fact]
    public async Task What_it_starts_serves_and_ends_well()
    {
        _binary.Write("etc/gateway.json", """
            {
              "connections": { "juo": { "adapter": "juo", "baseUrl": "http://127.0.0.1:9/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "value": "x" } } },
              "workflows": { "ask": { "routes": [ { "name": "juo", "connection": "juo", "target": { "flowType": "cancellation" } } ] } }
            }
            """);
        _binary.Write("etc/master.key", Convert.ToBase64String(new byte[32]));
        _binary.Write("var/keep", "");
        Value("ExecStart").Should().Be("/usr/bin/dotnet /opt/workflow-gateway/WorkflowGateway.dll");
        var settings = Settings().Select(setting => (setting.Name, setting.Value.Replace("/etc/workflow-gateway", _binary.Folder + "/etc", StringComparison.Ordinal)
            .Replace("/var/lib/workflow-gateway", _binary.Folder + "/var", StringComparison.Ordinal).Replace("127.0.0.1:8080", "127.0.0.1:0", StringComparison.Ordinal))).ToArray();

        await using var serving = await _binary.ServeAsync("", settings);

        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri(serving.Address + "/health/ready"))).Should().Contain("\"ready\"");
        using var denied = await client.GetAsync(new Uri(serving.Address + "/v1/runs"));
        ((int)denied.StatusCode).Should().Be(401);
        (await serving.StopAsync()).Should().Be(0);
        File.Exists(Path.Combine(_binary.Folder, "var", "gateway.db")).Should().BeTrue();
    }

    private string Value(string name) => _lines.Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private IEnumerable<(string Name, string Value)> Settings() =>
        _lines.Where(line => line.StartsWith("Environment=", StringComparison.Ordinal)).Select(line => line["Environment=".Length..].Split('=', 2)).Select(pair => (pair[0], pair[1]));

    private static async Task<(int Code, string Said)> AnalyzeAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("systemd-analyze", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        // Of what it says it prints only what is wrong where that is asked for.
        return (process.ExitCode, arguments[0] == "verify" ? await error : await output + await error);
    }
}
