using System.Net;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults;

/// <summary>A vendor takes a start and then its answer is lost or makes no sense: the run is unknown, and the start is never sent again.</summary>
public sealed class AmbiguousStartTests
{
    private static readonly string[] Vendors = ["juo", "interactly", "fortanix"];
    private static readonly string[] Kinds = ["hang", "reset", "eof", "502", "html200", "truncated-json", "cut-json"];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var vendor in Vendors)
                foreach (var kind in Kinds) cases.Add(vendor, kind);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task A_start_that_was_accepted_but_not_confirmed_is_unknown_and_sent_once(string vendor, string kind)
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox!.Controls.Add(Once(vendor, kind));

        var run = await bench.StartRunAsync(vendor, "lost");

        run.RunStatus.Should().Be("unknown", run.Body.ToString());
        (run.Reason, run.ErrorCode, run.Retryable).Should().Be(("start-unconfirmed", "start-unconfirmed", false));
        var sent = bench.Starts("lost").Should().ContainSingle().Subject;
        sent.Processed.Should().BeTrue();
        await EvidenceIsKeptAsync(bench, run.RunId!, kind);

        await AskAgainAsync(bench, vendor, run.RunId!, sent);
        await bench.PassAsync(vendor);
        await AskAgainAsync(bench, vendor, run.RunId!, sent);
        await bench.RestartAsync();
        await bench.PassAsync(vendor);
        await AskAgainAsync(bench, vendor, run.RunId!, sent);
    }

    private static Fault Once(string vendor, string kind)
    {
        var fault = new Fault { Vendor = vendor, Operation = "start", Kind = kind, When = "after", Count = 1 };
        return kind == "502" ? fault with { Kind = "status", Status = 502 } : fault;
    }

    private static async Task EvidenceIsKeptAsync(Bench bench, string runId, string kind)
    {
        string? evidence = null;
        await Until.HoldsAsync(async () => (evidence = await bench.EvidenceAsync(runId)) is not null, "evidence is kept");
        evidence.Should().Contain("attempt").And.Contain("sentAt");
        if (kind == "html200") evidence.Should().Contain("We will be back soon");
        if (kind == "502") evidence.Should().Contain("502");
    }

    // Nobody may learn anything else than that it is unknown, unless it was found out which run of the vendor it is.
    private static async Task AskAgainAsync(Bench bench, string vendor, string runId, LedgerEntry sent)
    {
        var again = await bench.Client.StartAsync(vendor, "lost");
        (again.RunId, again.Replayed).Should().Be((runId, true), again.Body.ToString());
        if (again.VendorRunId is null) (again.Status, again.RunStatus).Should().Be((HttpStatusCode.Accepted, "unknown"));
        else again.VendorRunId.Should().Be(sent.VendorRunId);
        bench.Starts("lost").Should().ContainSingle();
    }
}
