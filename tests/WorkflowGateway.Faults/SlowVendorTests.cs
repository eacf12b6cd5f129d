using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>What a vendor, or one of its runs, takes long for, nobody else waits for. <c>tests/mutants.sh</c> runs them on gateways in which they do.</summary>
public sealed class SlowVendorTests
{
    private const int Places = 4;
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(16);

    [Fact]
    public async Task A_vendor_that_holds_all_its_places_leaves_the_others_theirs()
    {
        await using var bench = await StartAsync();
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "juo", Kind = "hang", When = "before" });
        var held = Enumerable.Range(0, Places).Select(i => bench.Client.StartAsync("juo", $"held-{i}")).ToList();
        await Until.HoldsAsync(() => bench.Count("start", "juo") == Places, "all places are taken");

        var refused = await bench.Client.StartAsync("juo", "one too many");
        var others = await Task.WhenAll(Enumerable.Range(0, Places).Select(i => bench.Client.StartAsync(i % 2 == 0 ? "interactly" : "fortanix", $"other-{i}")));

        refused.Body.GetProperty("code").GetString().Should().Be("rate-limited");
        others.Should().OnlyContain(other => other.Ok);
        bench.Count("start", "juo").Should().Be(Places);
        await bench.CloseVendorsAsync();
        (await Task.WhenAll(held)).Should().OnlyContain(start => start.RunId != null);
    }

    [Fact]
    public async Task While_a_vendor_lets_its_reads_wait_the_others_are_read()
    {
        await using var bench = await StartAsync();
        await bench.StartRunAsync("juo-endless", "slow");
        await bench.StartRunAsync("interactly-endless", "quick");
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "juo", Operation = "get", Kind = "hang", When = "before" });
        await ReadAgainAsync(bench, "juo");

        for (var i = 0; i < 3; i++) await ReadAgainAsync(bench, "interactly");
    }

    [Fact]
    public async Task While_a_run_lets_its_read_wait_the_others_of_its_vendor_are_read()
    {
        await using var bench = await StartAsync();
        for (var i = 0; i < 3; i++) await bench.StartRunAsync("interactly-endless", $"run-{i}");
        bench.Sandbox!.Controls.Add(new Fault { Vendor = "interactly", Operation = "get", Kind = "hang", When = "before", Count = 1 });
        await ReadAgainAsync(bench, "interactly");

        for (var i = 0; i < 3; i++) await ReadAgainAsync(bench, "interactly");
    }

    // So patient that nothing that waits is given up while the test lasts: it ends when the vendors do.
    private static Task<Bench> StartAsync() =>
        Bench.StartAsync(configure: config => config.Replace("\"timeout\": \"1s\"", $"\"timeout\": \"1h\", \"concurrency\": {Places}", StringComparison.Ordinal));

    private static async Task ReadAgainAsync(Bench bench, string vendor)
    {
        var before = bench.Count("get", vendor);
        bench.Advance(Enough);
        await Until.HoldsAsync(() => bench.Count("get", vendor) > before, $"{vendor} is read again", 20);
    }
}
