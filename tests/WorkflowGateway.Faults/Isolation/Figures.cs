namespace WorkflowGateway.Faults.Isolation;

/// <summary>What a phase came to: the vendors that nothing happened to, and what the gateway held.</summary>
internal sealed class Figures
{
    private readonly IReadOnlyList<Call> _calls;
    private readonly double _megabytes;
    private readonly int _sockets, _threads;

    private Figures(IReadOnlyList<Call> calls, Gauge gauge) =>
        (_calls, _megabytes, _sockets, _threads) = (calls, gauge.MostMegabytes, gauge.MostSockets, gauge.MostThreads);

    public const string Head = "                 other vendors: requests    bad   start p50     p99   read p50     p99 (ms)    MB  sockets  threads";

    public int Bad => Others.Count(call => !call.Good);

    public string BadOutcomes => Outcomes(Others.Where(call => !call.Good));

    /// <summary>What callers of the broken vendor were told.</summary>
    public string OfBroken => Outcomes(_calls.Where(call => call is { Vendor: IsolationRig.Broken, Start: true }));

    private IEnumerable<Call> Others => _calls.Where(call => call.Vendor != IsolationRig.Broken);

    public static Figures Of(IReadOnlyList<Call> calls, Gauge gauge) => new(calls, gauge);

    public string Line(string name) => FormattableString.Invariant(
        $"{name,-28}{Others.Count(),12}{Bad,7}{At(true, 0.5),12:0.0}{At(true, 0.99),8:0.0}{At(false, 0.5),11:0.0}{At(false, 0.99),8:0.0}{_megabytes,11:0}{_sockets,9}{_threads,9}");

    /// <summary>What is more than a tenth and 20 ms slower, or takes 64 MB more.</summary>
    public IEnumerable<string> WorseThan(Figures before)
    {
        foreach (var start in (bool[])[true, false])
        {
            var (was, now) = (before.At(start, 0.99), At(start, 0.99));
            if (now > Math.Max(was * 1.1, was + 20)) yield return FormattableString.Invariant($"p99 of {(start ? "starts" : "reads")} {was:0.0} -> {now:0.0} ms");
        }

        if (_megabytes > before._megabytes + 64) yield return FormattableString.Invariant($"memory {before._megabytes:0} -> {_megabytes:0} MB");
    }

    private double At(bool start, double share)
    {
        var times = Others.Where(call => call.Start == start).Select(call => call.Took.TotalMilliseconds).Order().ToList();
        return times.Count == 0 ? 0 : times[Math.Min(times.Count - 1, (int)(times.Count * share))];
    }

    private static string Outcomes(IEnumerable<Call> calls) =>
        string.Join(", ", calls.GroupBy(call => call.Outcome).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} x {group.Key}"));
}
