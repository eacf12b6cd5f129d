using System.Globalization;
using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

/// <summary>Faults seen on the wire. "After" has made a run and recorded it; "before" has not.</summary>
public sealed class ConnectionFaultTests
{
    [Theory]
    [InlineData("hang", "open")]
    [InlineData("reset", "reset")]
    [InlineData("eof", "closed")]
    public async Task No_answer_comes_and_the_connection_ends_as_said(string kind, string end)
    {
        foreach (var when in new[] { "before", "after" })
        {
            await using var rig = await SandboxRig.StartAsync();
            rig.Server.Controls.Add(new Fault { Vendor = "juo", Operation = "start", Kind = kind, When = when });
            (await RawCall.StartJuoAsync(rig.Server, patience: 1)).Should().Be(("", end));
            var entry = rig.Server.ReadLedger("juo").Single();
            entry.Should().Match<LedgerEntry>(line => line.Fault == kind && line.Status == null && line.Processed == (when == "after"));
            rig.Server.Controls.Runs("juo").Should().HaveCount(when == "after" ? 1 : 0);
        }
    }

    [Fact]
    public async Task A_truncated_answer_is_shorter_than_it_says()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "truncated-json" });
        var (text, end) = await RawCall.StartJuoAsync(rig.Server);
        end.Should().Be("closed");
        var (said, body) = Split(text);
        body.Length.Should().BePositive().And.Be(said / 2);
    }

    [Fact]
    public async Task A_cut_answer_is_whole_to_http_but_not_to_json()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "cut-json" });
        var (said, body) = Split((await RawCall.StartJuoAsync(rig.Server)).Text);
        body.Length.Should().Be(said);
        body.Should().StartWith("{").And.NotEndWith("}");
    }

    [Fact]
    public async Task A_drip_is_slow()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "slow-drip", BytesPerSecond = 20 });
        var (text, end) = await RawCall.StartJuoAsync(rig.Server, patience: 1);
        end.Should().Be("open");
        Split(text).Body.Length.Should().BeInRange(1, 60);
    }

    [Fact]
    public async Task A_late_start_is_recorded_but_its_run_appears_later()
    {
        await using var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "late", Seconds = 30, Then = "eof", Count = 1 });
        (await RawCall.StartJuoAsync(rig.Server)).Should().Be(("", "closed"));
        var entry = rig.Server.ReadLedger("juo").Single();
        entry.Processed.Should().BeTrue();
        rig.Advance(29);
        rig.Server.Controls.Runs("juo").Should().BeEmpty();
        (await rig.JuoAsync(HttpMethod.Get, entry.VendorRunId!)).Status.Should().Be(System.Net.HttpStatusCode.NotFound);
        rig.Advance(1);
        rig.Server.Controls.Runs("juo").Should().ContainSingle().Which.Status.Should().Be("running");
        (await rig.JuoAsync(HttpMethod.Get, entry.VendorRunId!)).Status.Should().Be(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_hang_does_not_keep_the_sandbox_from_stopping()
    {
        var rig = await SandboxRig.StartAsync();
        rig.Server.Controls.Add(new Fault { Kind = "hang" });
        var hanging = RawCall.StartJuoAsync(rig.Server, patience: 30);
        while (rig.Server.Ledger.All(entry => entry.Vendor != "juo")) await Task.Yield();
        await rig.DisposeAsync();
        (await hanging).End.Should().NotBe("open");
    }

    private static (int Said, string Body) Split(string text)
    {
        var parts = text.Split("\r\n\r\n", 2);
        var length = parts[0].Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))[16..];
        return (int.Parse(length, CultureInfo.InvariantCulture), parts[1]);
    }
}
