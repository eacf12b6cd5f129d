using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

public sealed class SandboxLedgerTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sandbox-{Environment.ProcessId}-{Path.GetRandomFileName()}.jsonl");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_line_has_the_marker_the_run_and_no_credential()
    {
        await using var rig = await SandboxRig.StartAsync(_path);
        var id = (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart())).Ok.GetProperty("workflow_run").GetProperty("_id").GetString();
        // The file is read while the sandbox still runs: the line was there before the answer.
        using var file = new StreamReader(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = await file.ReadToEndAsync();
        text.Should().NotContain("secret-of-interactly");
        var line = JsonDocument.Parse(text.Trim().Split('\n')[^1]).RootElement;
        line.GetProperty("vendorRunId").GetString().Should().Be(id);
        line.GetProperty("processed").GetBoolean().Should().BeTrue();
        line.GetProperty("body").GetString().Should().Be(Bodies.InteractlyStart());
        line.GetProperty("marker").GetProperty("attemptId").GetString().Should().Be("att_1");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("secret-of-interactly")))[..16];
        line.GetProperty("credentials").GetProperty("Authorization").GetString().Should().Be(hash);
        line.GetProperty("headers").EnumerateArray().Select(name => name.GetString()).Should().Contain(["Authorization", "Content-Type"]);
    }

    [Fact]
    public async Task The_same_ledger_makes_the_same_world()
    {
        var before = new List<string>();
        var urls = new List<Func<SandboxRig, Task<Reply>>>();
        await using (var rig = await SandboxRig.StartAsync(_path))
        {
            var juo = (await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Pause))).Ok;
            var juoId = juo.GetProperty("runId").GetString()!;
            rig.Server.Controls.Switches = new Switches { JuoBumpsVersionOnTimeout = false, InteractlyEchoesMarker = true };
            rig.Advance(61);
            var interactly = (await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart())).Ok.GetProperty("workflow_run").GetProperty("_id").GetString()!;
            rig.Server.Controls.Add(new Fault { Vendor = "fortanix", Kind = "duplicate", Count = 1 });
            await rig.FortanixAsync(HttpMethod.Post, body: Bodies.FortanixStart());
            rig.Advance(1.5);
            await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand("data", interactly));
            await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyCommand("pause", interactly));
            rig.Server.Controls.Add(new Fault { Vendor = "juo", Kind = "late", Seconds = 5, Then = "eof", Count = 1 });
            await RawCall.StartJuoAsync(rig.Server);
            rig.Server.Controls.SetStatus("fortanix", rig.Server.Controls.Runs("fortanix")[0].VendorRunId, "PONDERING").Should().BeTrue();
            urls.Add(other => other.JuoAsync(HttpMethod.Get, juoId));
            urls.Add(other => other.InteractlyAsync(HttpMethod.Get, $"/{interactly}"));
            urls.Add(other => other.InteractlyAsync(HttpMethod.Get));
            urls.Add(other => other.FortanixAsync(HttpMethod.Get));
            foreach (var url in urls) before.Add((await url(rig)).Text);
        }

        await using var again = await SandboxRig.StartAsync(_path);
        for (var index = 0; index < urls.Count; index++) (await urls[index](again)).Text.Should().Be(before[index]);
        before[3].Should().Contain("PONDERING");
        again.Server.Controls.Runs("fortanix").Should().HaveCount(2);
        again.Server.Controls.Runs("juo").Should().HaveCount(1);
        again.Advance(5);
        again.Server.Controls.Runs("juo").Should().HaveCount(2);
    }

    [Fact]
    public async Task A_line_cut_off_by_a_kill_never_happened()
    {
        await using (var rig = await SandboxRig.StartAsync(_path)) await rig.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Skip));
        await File.AppendAllTextAsync(_path, """{"seq":3,"vendor":"juo","oper""");
        await using var again = await SandboxRig.StartAsync(_path);
        again.Server.Ledger.Should().HaveCount(2);
        await again.JuoAsync(HttpMethod.Post, "start", Bodies.JuoStart(Scenarios.Juo.Skip));
        (await File.ReadAllTextAsync(_path)).Trim().Split('\n').Should().HaveCount(3).And.OnlyContain(line => line.StartsWith('{') && line.EndsWith('}'));
    }

    [Fact]
    public async Task Two_sandboxes_cannot_write_one_ledger()
    {
        await using var rig = await SandboxRig.StartAsync(_path);
        await FluentActions.Awaiting(() => SandboxRig.StartAsync(_path)).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_under_load()
    {
        await using var rig = await SandboxRig.StartAsync(_path);
        var made = await Task.WhenAll(Enumerable.Range(0, 32).Select(async caller =>
        {
            var ids = new List<string?>();
            for (var run = 0; run < 10; run++)
                ids.Add((await rig.InteractlyAsync(HttpMethod.Post, body: Bodies.InteractlyStart(runId: $"run_{caller}_{run}"))).Ok.GetProperty("workflow_run").GetProperty("_id").GetString());
            return ids;
        }));
        var starts = rig.Server.ReadLedger("interactly", "start");
        starts.Select(entry => entry.VendorRunId).Should().BeEquivalentTo(made.SelectMany(ids => ids)).And.OnlyHaveUniqueItems();
        starts.Select(entry => entry.Marker!.RunId).Should().OnlyHaveUniqueItems().And.HaveCount(320);
        rig.Server.Ledger.Select(entry => entry.Seq).Should().Equal(Enumerable.Range(1, rig.Server.Ledger.Count).Select(seq => (long)seq));
    }

    [Fact]
    public async Task Requests_for_no_vendor_are_recorded_too()
    {
        await using var rig = await SandboxRig.StartAsync();
        (await rig.SendAsync(HttpMethod.Get, new Uri(rig.Server.Juo, "/elsewhere?x=1").AbsoluteUri, null)).Status.Should().Be(HttpStatusCode.NotFound);
        rig.Server.ReadLedger("none").Single().Target.Should().Be("/elsewhere?x=1");
    }
}
