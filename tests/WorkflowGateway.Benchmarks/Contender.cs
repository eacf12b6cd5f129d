using WorkflowGateway.Benchmarks.Load;

namespace WorkflowGateway.Benchmarks;

/// <summary>A server with what is sent to it.</summary>
internal sealed record Contender(ServerProcess Server, byte[][] Requests, string Expected, bool Commits = false)
{
    private int _sent;

    /// <summary>Loads it until a request no longer becomes cheaper: compiling what is hot costs more than running it, and on a busy machine takes long.</summary>
    public async Task<string> WarmUpAsync(int most)
    {
        var costs = new List<double>();
        while (costs.Count < most && (costs.Count < 3 || costs[^1] < 0.95 * costs[..^1].Min()))
            costs.Add((await MeasureAsync(32, TimeSpan.FromSeconds(2))).CpuMicroseconds);
        return string.Join(", ", costs.Select(cost => cost.ToString("F0")));
    }

    public async Task<Sample> MeasureAsync(int connections, TimeSpan time)
    {
        var commits = Commits ? await Server.CommitsAsync() : 0;
        var cpu = Server.Cpu;
        var load = await LoadGenerator.RunAsync(Server.Url, Requests, _sent, Expected, connections, time);
        // Further than any one connection came: no request with a key is sent twice.
        _sent += 2 * load.Requests + connections;
        cpu = Server.Cpu - cpu;
        commits = Commits ? await Server.CommitsAsync() - commits : 0;
        return new Sample(load.PerSecond, load.Milliseconds(0.5), load.Milliseconds(0.99), cpu.TotalMicroseconds / load.Requests, commits / (double)load.Requests);
    }
}

/// <summary>One round of one contender.</summary>
internal sealed record Sample(double PerSecond, double P50, double P99, double CpuMicroseconds, double CommitsPerRequest)
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
