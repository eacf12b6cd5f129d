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
        var catalog = new LiveCatalog(CatalogReader.Load(path, context), NullLogger<LiveCatalog>.Instance);
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

    [Fact]
    public async Task What_a_file_gives_a_header_is_read_anew_when_somebody_asks()
    {
        var held = Path.Combine(Path.GetDirectoryName(_rig.ConfigPath)!, "team");
        await File.WriteAllTextAsync(held, "one");
        await _rig.ReconfigureAsync(new CoreConfig().ToJson().Replace("\"timeout\": \"5s\"", $"\"timeout\": \"5s\", \"headers\": {{ \"X-Team\": \"${{file:{held}}}\" }}", StringComparison.Ordinal));
        string Team() => Live.Current.Connections["juo"].Vendor.Headers["X-Team"];
        var (before, swaps) = (Live.Current, Live.Swaps);
        Team().Should().Be("one");

        await File.WriteAllTextAsync(held, "two");
        _rig.Services.GetRequiredService<ConfigWatcher>().Reload();
        await CoreRig.UntilAsync(() => Live.Swaps == swaps + 1);

        (Team(), Live.Current.Revision).Should().Be(("two", before.Revision));
        (await _rig.StartRunAsync("talk")).Status.Should().Be(201);
    }

    [Fact]
    public async Task A_look_that_does_not_end_is_no_good_health()
    {
        var path = _rig.ConfigPath + ".hangs";
        await File.WriteAllTextAsync(path, CatalogFixture.OfOne("\"headers\": { \"X-A\": \"${env:SLOW}\" }"));
        using var answer = new ManualResetEventSlim();
        var asked = false;
        var context = CatalogFixture.Fake with
        {
            Variable = _ =>
            {
                Volatile.Write(ref asked, true);
                answer.Wait();
                return "value";
            },
        };
        var catalog = new LiveCatalog(CatalogFixture.Read(CatalogFixture.OfOne("")), NullLogger<LiveCatalog>.Instance);
        var clock = new ShiftedTime();
        using var watcher = new ConfigWatcher(new ConfigFile(path, clock), context, catalog, clock, Microsoft.Extensions.Options.Options.Create(new GatewayOptions { ReloadInterval = "10ms" }), NullLogger<ConfigWatcher>.Instance);

        await watcher.StartAsync(CancellationToken.None);
        await CoreRig.UntilAsync(() => Volatile.Read(ref asked));
        watcher.Hangs.Should().BeFalse();
        clock.Advance(TimeSpan.FromSeconds(31));
        watcher.Hangs.Should().BeTrue();

        answer.Set();
        await CoreRig.UntilAsync(() => !watcher.Hangs && catalog.Swaps == 1);
        await watcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Who_fails_to_follow_neither_undoes_a_change_nor_keeps_it_from_others()
    {
        var catalog = new LiveCatalog(CatalogFixture.Read(CatalogFixture.OfOne("")), NullLogger<LiveCatalog>.Instance);
        var told = 0;
        catalog.Changed += () => throw new InvalidOperationException();
        catalog.Changed += () => told++;
        var next = CatalogFixture.Read(CatalogFixture.OfOne("\"timeout\": \"7s\""));

        catalog.Take(next).Should().BeTrue();
        (catalog.Current == next, catalog.Fault, told).Should().Be((true, null, 1));
        catalog.Refuse([new CatalogProblem("f", 1, 1, "", "no")], DateTimeOffset.UnixEpoch);
        (catalog.Current == next, catalog.Fault!.Problems.Count, told).Should().Be((true, 1, 2));
    }

    [Theory]
    [InlineData("\"headers\": { \"X-A\": \"${env:A}\" }", "value")]
    [InlineData("\"account\": \"${env:A}\"", "value")]
    public void What_a_reference_gives_is_part_of_what_serves(string member, string value)
    {
        var (before, after) = (With("an" + value), With("another" + value));
        var catalog = new LiveCatalog(before, NullLogger<LiveCatalog>.Instance);

        after.Revision.Should().Be(before.Revision);
        catalog.Take(after).Should().BeTrue();
        catalog.Take(With("another" + value)).Should().BeFalse();

        CatalogSnapshot With(string given) => CatalogFixture.Read(CatalogFixture.OfOne(member), CatalogFixture.Fake with { Variable = _ => given });
    }

    [Fact]
    public async Task A_pipe_or_a_heap_where_a_secret_should_be_is_said_and_not_read()
    {
        if (OperatingSystem.IsWindows()) return;
        var (pipe, heap) = (_rig.ConfigPath + ".pipe", _rig.ConfigPath + ".heap");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync();
        await File.WriteAllBytesAsync(heap, new byte[(1024 * 1024) + 1]);
        File.CreateSymbolicLink(pipe + ".link", pipe);

        foreach (var (path, said) in new[] { (pipe, "a pipe or a device is not read"), (pipe + ".link", "a pipe or a device is not read"), (heap, "longer than 1 MiB"), (heap + ".not", "it does not exist") })
            CatalogFixture.Problems(CatalogFixture.OfOne($"\"headers\": {{ \"X-A\": \"${{file:{path}}}\" }}")).Should().ContainSingle().Which.Message.Should().Contain(said);
    }

    private async Task<string[]> MetricsAsync() => (await _rig.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');
}
