using System.Diagnostics;

namespace WorkflowGateway.Benchmarks;

/// <summary>Prints what the rounds gave: medians, and the median of the ratios within each round.</summary>
internal sealed class Report
{
    private readonly List<string> _verdicts = [];
    private readonly long _began = Stopwatch.GetTimestamp();

    public void Progress(string text) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(_began).TotalSeconds,5:F0} s  {text}");

    public static void Head(string title) => Console.WriteLine(
        $"{Environment.NewLine}{title,-24}{"connections",12}{"requests/s",12}{"p50 ms",9}{"p99 ms",9}{"CPU us/req",12}{"commits/req",13}{"ratio",8}{"CPU ratio",11}");

    /// <param name="rounds">For each contender its samples, round by round; the last contender is the gateway.</param>
    /// <param name="connections">How many there were.</param>
    /// <param name="aims">For each yardstick the ratio aimed for, or null.</param>
    public void Table(IReadOnlyList<(string Name, List<Sample> Samples)> rounds, int connections, IReadOnlyList<double?> aims)
    {
        var gateway = rounds[^1].Samples;
        for (var i = 0; i < rounds.Count; i++)
        {
            var (name, samples) = rounds[i];
            var ratio = Sample.Median(gateway.Zip(samples, (mine, theirs) => mine.PerSecond / theirs.PerSecond));
            var cpu = Sample.Median(gateway.Zip(samples, (mine, theirs) => theirs.CpuMicroseconds / mine.CpuMicroseconds));
            var ratios = i == rounds.Count - 1 ? "" : $"{ratio,8:F2}{cpu,11:F2}";
            Console.WriteLine(
                $"{name,-24}{connections,12}{Of(s => s.PerSecond),12:F0}{Of(s => s.P50),9:F2}{Of(s => s.P99),9:F2}{Of(s => s.CpuMicroseconds),12:F0}{Commits(Of(s => s.CommitsPerRequest)),13}{ratios}");
            if (i < aims.Count && aims[i] is { } aim)
                _verdicts.Add($"{(ratio >= aim ? "met    " : "not met")}  {ratio:F2} of {name} at {connections} connections (aim {aim:F2}; by CPU {cpu:F2})");

            double Of(Func<Sample, double> value) => Sample.Median(samples.Select(value));
        }
    }

    public void Verdicts()
    {
        Console.WriteLine();
        foreach (var verdict in _verdicts) Console.WriteLine(verdict);
    }

    private static string Commits(double perRequest) => perRequest > 0 ? perRequest.ToString("F2") : "";
}
