using WorkflowGateway.Adapters.Tests.Conformance;

namespace WorkflowGateway.Adapters.Tests.Hostile;

/// <summary>A real answer of the sandbox.</summary>
/// <param name="Start">Whether it answers a start; otherwise a read.</param>
/// <param name="Target">What was started.</param>
/// <param name="VendorRunId">The run that it is about.</param>
/// <param name="Body">The whole of it.</param>
internal sealed record Recording(bool Start, string Target, string VendorRunId, string Body)
{
    /// <summary>Every answer that runs of all kinds give on their way.</summary>
    public static async Task<IReadOnlyList<Recording>> TakeAsync(VendorUnderTest vendor)
    {
        await using var bench = await Bench.StartAsync(vendor);
        var all = new List<Recording>();
        foreach (var target in new[] { vendor.Succeeding, vendor.Failing, vendor.Endless, vendor.Waiting }.OfType<string>())
        {
            var started = (StartAnswer.Started)await bench.Runner.StartAsync(bench.NewStart(target), CancellationToken.None);
            all.Add(new Recording(true, target, started.Run.VendorRunId, started.Snapshot.Native.GetRawText()));
            var run = started.Run;
            for (var second = 0; second < 5; second++)
            {
                var seen = await bench.Runner.GetAsync(run, CancellationToken.None);
                all.Add(new Recording(false, target, run.VendorRunId, seen.Native.GetRawText()));
                bench.Sandbox.Controls.Advance(TimeSpan.FromSeconds(1));
            }
        }

        return [.. all.DistinctBy(recording => recording.Body)];
    }
}
