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
    public async Task Followed_word_by_word_it_serves_the_first_key_and_ends_well()
    {
        _binary.Write("var/keep", "");
        Value("ExecStart").Should().Be("/usr/bin/dotnet /opt/workflow-gateway/WorkflowGateway.dll");
        var steps = _lines.TakeWhile(line => line.StartsWith('#')).Where(line => line.StartsWith("#   ", StringComparison.Ordinal)).Select(line => line[4..]).ToList();
        steps.Where(step => step.Contains("dotnet publish", StringComparison.Ordinal) || step.Contains("systemctl", StringComparison.Ordinal)).Should().Equal(steps[0], steps[^1]);
        var (code, said) = await Telemetry.Tool.RunAsync("bash", ["-euc", Here(string.Join('\n', steps[1..^1]))]);
        code.Should().Be(0, said);
        var key = said.Trim().Split(' ')[^1];

        // Its user is none that owns them: what the process reads itself is everybody's, what is secret only systemd reads.
        var own = Path.Combine(_binary.Folder, "etc");
        var (_, closed) = await Telemetry.Tool.RunAsync("find", [own, "-type", "f", "!", "-perm", "-004", "-printf", "%f\\n"]);
        closed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().BeEquivalentTo("master.key", "environment");
        Settings().Select(setting => setting.Value).Where(value => value.Contains("/etc/", StringComparison.Ordinal)).Should().Equal("/etc/workflow-gateway/gateway.json");
        (Value("LoadCredential"), Value("EnvironmentFile")).Should().Be(("master.key:/etc/workflow-gateway/master.key", "-/etc/workflow-gateway/environment"));

        // No vendor is asked. What systemd does with the two files is done here.
        var config = await File.ReadAllTextAsync(Path.Combine(own, "gateway.json"));
        _binary.Write("etc/gateway.json", config.Replace("https://api.juo.io", "http://127.0.0.1:9", StringComparison.Ordinal));
        _binary.Write("credentials/master.key", await File.ReadAllTextAsync(Path.Combine(own, "master.key")));
        var settings = Settings().Select(setting => (setting.Name, Here(setting.Value).Replace("%d", _binary.Folder + "/credentials", StringComparison.Ordinal).Replace("127.0.0.1:8080", "127.0.0.1:0", StringComparison.Ordinal)))
            .Concat((await File.ReadAllLinesAsync(Path.Combine(own, "environment"))).Select(line => line.Split('=', 2)).Select(pair => (pair[0], pair[1]))).ToArray();

        await using var serving = await _binary.ServeAsync("", settings);

        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri(serving.Address + "/health/ready"))).Should().Contain("\"ready\"");
        using var denied = await client.GetAsync(new Uri(serving.Address + "/v1/runs"));
        ((int)denied.StatusCode).Should().Be(401);
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        (await client.GetStringAsync(new Uri(serving.Address + "/v1/workflows"))).Should().Contain("cancel-subscription");
        using var misnamed = new HttpRequestMessage(HttpMethod.Get, serving.Address + "/v1/workflows") { Headers = { Host = "evil" } };
        using var refused = await client.SendAsync(misnamed);
        ((int)refused.StatusCode).Should().Be(400);
        (await serving.StopAsync()).Should().Be(0);
        File.Exists(Path.Combine(_binary.Folder, "var", "gateway.db")).Should().BeTrue();
    }

    private string Here(string text) => text.Replace("/etc/workflow-gateway", _binary.Folder + "/etc", StringComparison.Ordinal).Replace("/var/lib/workflow-gateway", _binary.Folder + "/var", StringComparison.Ordinal);

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
