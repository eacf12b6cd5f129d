using WorkflowGateway.Faults.Fallback;
using WorkflowGateway.Faults.Rig;
using Xunit.Abstractions;

namespace WorkflowGateway.Faults;

/// <summary>For every row of the outcome table: the second vendor is called exactly where no byte was sent or nothing was processed, and never otherwise. Counted in both vendors' ledgers. CI does every vendor once as the first and once as the second; <c>tests/fallback.sh</c> all six pairs.</summary>
public sealed class FallbackOutcomeTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            var vendors = FallbackConfig.Vendors;
            for (var i = 0; i < vendors.Length; i++)
            {
                pairs.Add(vendors[i], vendors[(i + 1) % vendors.Length]);
                if (Form.IsFull) pairs.Add(vendors[i], vendors[(i + 2) % vendors.Length]);
            }

            return pairs;
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task The_second_vendor_is_called_exactly_where_the_table_says_that_nothing_was_done(string first, string second)
    {
        using var unused = Ports.Reserve(Ports.Free());
        var rows = OutcomeRow.All;
        await using var bench = await Bench.StartAsync(vendors => FallbackConfig.Of(first, second, rows, vendors.Port, ((System.Net.IPEndPoint)unused.LocalEndPoint!).Port));
        var replies = new List<Reply>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Fault is { } fault) bench.Sandbox!.Controls.Add(fault with { Vendor = first, Operation = "start", Count = 1 });
            var reply = await bench.StartRunAsync($"w{i}", FallbackConfig.Key(i));
            replies.Add(reply);
            bench.Sandbox!.Controls.ClearFaults();
        }

        var wrong = rows.SelectMany((row, i) => Wrong(bench, row, i, first, second, replies[i]).Select(what => $"{row.Name}: {what}")).ToList();
        var called = rows.Count(row => row.FallsBack(first));
        Form.Say(output, $"{first} -> {second}: {rows.Count} rows, {called} of them fall back, {wrong.Count} wrong");
        wrong.Should().BeEmpty();
        bench.Count("start", second).Should().Be(called, "nobody else called it");
        called.Should().BeInRange(3, rows.Count - 40, "rows that all mean the same prove nothing");
    }

    private static IEnumerable<string> Wrong(Bench bench, OutcomeRow row, int i, string first, string second, Reply reply)
    {
        var starts = bench.Starts(FallbackConfig.Key(i));
        var (asked, stoodIn) = (starts.Where(start => start.Vendor == first).ToList(), starts.Where(start => start.Vendor == second).ToList());
        var expected = row.FallsBack(first) ? 1 : 0;
        if (stoodIn.Count != expected) yield return $"{second} was called {stoodIn.Count} times, not {expected}";
        if (asked.Count != (row.Fault is null ? 0 : 1)) yield return $"{first} was called {asked.Count} times";
        if (starts.Count(start => start.Processed) > 1) yield return "it was started twice";
        var run = (Route: reply.Body.GetProperty("route").GetProperty("name").GetString(), Connection: reply.Body.GetProperty("connection").GetString(), Vendor: reply.Body.GetProperty("vendor").GetString());
        if (expected == 1 && (run != ("second", "second", second) || reply.VendorRunId != stoodIn.SingleOrDefault()?.VendorRunId)) yield return $"the run is {run}, bound to {reply.VendorRunId}";
        if (expected == 0 && run != ("first", $"first{i}", first)) yield return $"the run is {run}";
        var status = expected == 1 ? "running or pending" : row.Outcome == Outcome.Refused ? "failed" : "unknown";
        if (!status.Split(" or ").Contains(reply.RunStatus)) yield return $"it is {reply.RunStatus}, not {status}: {reply.Body}";
        if (expected == 1 && starts.Select(start => start.Marker?.AttemptId).OfType<string>() is var attempts && attempts.Distinct().Count() != attempts.Count()) yield return "one attempt was sent twice";
    }
}
