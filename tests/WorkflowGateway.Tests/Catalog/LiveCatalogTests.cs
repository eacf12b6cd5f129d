using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Tests.Catalog;

/// <summary>What is written in the configuration file serves soon after, and what cannot be used changes nothing.</summary>
public sealed class LiveCatalogTests : IAsyncLifetime
{
    private CoreRig _rig = null!;

    private LiveCatalog Live => _rig.Services.GetRequiredService<LiveCatalog>();

    public async Task InitializeAsync() => _rig = await CoreRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task A_changed_file_serves_and_runs_and_answers_name_it()
    {
        var before = (await _rig.StartRunAsync("talk")).Body.GetProperty("route").Text("revision");

        await _rig.ReconfigureAsync(new CoreConfig { StaleAfter = "6m" });

        var started = await _rig.StartRunAsync("talk");
        started.Status.Should().Be(201);
        var after = started.Body.GetProperty("route").Text("revision");
        after.Should().NotBe(before).And.Be(Live.Current.Revision);
        using var answer = await _rig.Client.GetAsync(new Uri("/v1/runs/nothing-here", UriKind.Relative));
        answer.Headers.GetValues("Gateway-Revision").Should().Equal(after);
    }

    [Theory]
    [InlineData("{ \"connections\": {")]
    [InlineData("")]
    [InlineData("{}")]
    public async Task A_file_that_cannot_be_used_changes_nothing_until_the_next_that_can(string content)
    {
        var before = Live.Current;

        await File.WriteAllTextAsync(_rig.ConfigPath, content);
        await CoreRig.UntilAsync(() => Live.Fault is not null);

        Live.Current.Should().BeSameAs(before);
        (await _rig.StartRunAsync("talk")).Status.Should().Be(201);
        _rig.Log.Has("The configuration file is refused").Should().BeTrue();
        await _rig.ReconfigureAsync(new CoreConfig { StaleAfter = "7m" });
        Live.Swaps.Should().Be(1);
        (await _rig.StartRunAsync("talk")).Body.GetProperty("route").Text("revision").Should().NotBe(before.Revision);
    }

    [Fact]
    public async Task A_refused_file_is_told_wherever_somebody_looks_and_its_secrets_nowhere()
    {
        (await _rig.GetAsync("/health/ready")).Text("status").Should().Be("ready");
        (await MetricsAsync()).Should().Contain(["gateway_config_degraded 0", "gateway_config_reload_failures_total 0", "gateway_config_reloads_total 0", "gateway_config_replicas_disagree 0", "gateway_replicas 1"]);
        var revision = Live.Current.Revision;

        var broken = new CoreConfig().ToJson().Replace("\"timeout\": \"5s\"", "\"timeuot\": \"hush-hush\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_rig.ConfigPath, broken);
        await CoreRig.UntilAsync(() => Live.Fault is not null);

        var health = await _rig.GetAsync("/health/ready");
        (health.Text("status"), health.GetProperty("configuration").Text("revision")).Should().Be(("degraded", revision));
        health.GetProperty("configuration").GetProperty("refusedSince").GetDateTimeOffset().Should().Be(Live.Fault!.Since);
        health.GetRawText().Should().NotContain("timeuot", "it is open to everyone");
        var configuration = (await _rig.GetAsync("/v1/connections")).GetProperty("configuration");
        var problem = configuration.GetProperty("problems")[0];
        (problem.Text("path"), problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32() > 1).Should().Be(("/connections/juo/timeuot", 1, true));
        problem.Text("message").Should().Contain("timeout");
        (await MetricsAsync()).Should().Contain(["gateway_config_degraded 1", "gateway_config_reload_failures_total 1", "gateway_config_reloads_total 0"]);

        await _rig.ReconfigureAsync(new CoreConfig());
        (await _rig.GetAsync("/health/ready")).Text("status").Should().Be("ready");
        (await _rig.GetAsync("/v1/connections")).GetProperty("configuration").GetProperty("problems").GetArrayLength().Should().Be(0);
        (await MetricsAsync()).Should().Contain(["gateway_config_degraded 0", "gateway_config_reload_failures_total 1"]);
    }

    [Fact]
    public async Task A_file_that_means_the_same_swaps_nothing()
    {
        var before = Live.Current;
        await File.WriteAllTextAsync(_rig.ConfigPath, "{ broken");
        await CoreRig.UntilAsync(() => Live.Fault is not null);

        await File.WriteAllTextAsync(_rig.ConfigPath, "// another comment\n" + new CoreConfig().ToJson());
        await CoreRig.UntilAsync(() => Live.Fault is null);

        Live.Current.Should().BeSameAs(before);
    }

    [Fact]
    public async Task A_linked_folder_that_is_swapped_is_followed()
    {
        // As Kubernetes does with a ConfigMap.
        var folder = Path.GetDirectoryName(_rig.ConfigPath)!;
        void Write(string version, CoreConfig config)
        {
            Directory.CreateDirectory(Path.Combine(folder, version));
            File.WriteAllText(Path.Combine(folder, version, "gateway.json"), config.ToJson());
            Directory.CreateSymbolicLink(Path.Combine(folder, "..data.new"), version);
            Directory.Move(Path.Combine(folder, "..data.new"), Path.Combine(folder, "..data"));
        }

        Write("v1", new CoreConfig { StaleAfter = "8m" });
        File.Delete(_rig.ConfigPath);
        File.CreateSymbolicLink(_rig.ConfigPath, "..data/gateway.json");
        await CoreRig.UntilAsync(() => Live.Current.Connections["juo"].StaleAfter == TimeSpan.FromMinutes(8));

        Directory.Delete(Path.Combine(folder, "..data"));
        Write("v2", new CoreConfig { StaleAfter = "9m" });

        await CoreRig.UntilAsync(() => Live.Current.Connections["juo"].StaleAfter == TimeSpan.FromMinutes(9));
        (await _rig.StartRunAsync("talk")).Status.Should().Be(201);
    }

    [Fact]
    public async Task A_file_that_is_being_written_raises_no_alarm()
    {
        var (path, text) = (_rig.ConfigPath + ".written", new CoreConfig().ToJson());
        await File.WriteAllTextAsync(path, text);
        var context = _rig.Services.GetRequiredService<CatalogContext>();
        var catalog = new LiveCatalog(CatalogReader.Load(path, context));
        var clock = TimeProvider.System;
        using var watcher = new ConfigWatcher(new ConfigFile(path, clock), context, catalog, clock, Microsoft.Extensions.Options.Options.Create(new GatewayOptions()), NullLogger<ConfigWatcher>.Instance);
        async Task LookAsync() => await watcher.LookAsync(CancellationToken.None);
        await LookAsync();
        await LookAsync();

        for (var length = 0; length < text.Length; length += text.Length / 7)
        {
            await File.WriteAllTextAsync(path, text[..length]);
            await LookAsync();
        }

        await File.WriteAllTextAsync(path, new CoreConfig { StaleAfter = "6m" }.ToJson());
        await LookAsync();
        (catalog.Refusals, catalog.Swaps, catalog.Fault).Should().Be((0, 0, null));
        await LookAsync();
        (catalog.Refusals, catalog.Swaps, catalog.Fault).Should().Be((0, 1, null));

        await File.WriteAllTextAsync(path, "{");
        await LookAsync();
        catalog.Fault.Should().BeNull("it may be still being written");
        await LookAsync();
        await LookAsync();
        (catalog.Refusals, catalog.Fault!.Problems.Count).Should().Be((1, 1), "the same content is one failure, however often it is seen");
    }

    private async Task<string[]> MetricsAsync() => (await _rig.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');
}
