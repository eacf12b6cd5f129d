using System.Diagnostics;
using WorkflowGateway.Benchmarks.Load;

namespace WorkflowGateway.Benchmarks;

/// <summary>Many watchers of one gateway: what they cost it, how soon a change has reached them all, and what it is to them when a tenth of them stops reading.</summary>
internal sealed class WatchSuite : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private readonly Scene _scene;
    private readonly ServerProcess _vendor, _gateway;
    private readonly List<Watcher> _watchers = [];

    private WatchSuite(ServerProcess vendor, ServerProcess gateway, Scene scene) => (_vendor, _gateway, _scene) = (vendor, gateway, scene);

    public static async Task<int> RunAsync(int watchers, int rounds)
    {
        var scene = new Scene();
        var vendor = await ServerProcess.StartAsync("vendor", scene.Folder, "vendor");
        using var suite = new WatchSuite(vendor, await ServerProcess.StartAsync("gateway", scene.Folder, scene.GatewayArguments(vendor.Url)), scene);
        return await suite.MeasureAsync(watchers, rounds) ? 0 : 1;
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
        _gateway.Dispose();
        _vendor.Dispose();
        _scene.Dispose();
    }

    private async Task<bool> MeasureAsync(int count, int rounds)
    {
        // A log to fall behind in, and a gateway that is warm.
        await LoadGenerator.AskAsync(_gateway.Url, Enumerable.Repeat(Scene.Start(), 2000));
        Console.WriteLine($"{count} watchers, {Environment.ProcessorCount} cores; the gateway alone {_gateway.Resident:0} MB");
        Console.WriteLine($"  {await _gateway.MemoryAsync()}");
        var began = Stopwatch.GetTimestamp();
        await OpenAsync(count);
        Console.WriteLine($"connected in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s; the gateway {_gateway.Resident:0} MB");
        Console.WriteLine($"  {await _gateway.MemoryAsync()}");
        await RoundsAsync("warming up", 5);
        var (before, most) = await RoundsAsync("all read", rounds);
        var stopped = await StopAsync(count / 10);
        var (after, mostAfter) = await RoundsAsync($"{stopped.Count} do not read", rounds);
        var cut = await CutAsync(stopped);
        var (last, _) = await RoundsAsync("they are gone", rounds);
        var holes = _watchers.Sum(watcher => watcher.Holes);
        Console.WriteLine($"most memory {Math.Max(most, mostAfter):0} MB; {cut} of {stopped.Count} cut off; {_watchers.Sum(watcher => (long)watcher.Events)} events told, {holes} missing");
        Console.WriteLine($"p99 {before:0} ms, with some that do not read {after:0} ms ({(after - before) / before:+0%;-0%}), then {last:0} ms");
        return holes == 0 && cut == stopped.Count;
    }

    private async Task OpenAsync(int count)
    {
        var request = Scene.Watch();
        foreach (var some in Enumerable.Range(0, count).Chunk(200))
        {
            var opened = some.Select(_ => new Watcher()).ToList();
            await Task.WhenAll(opened.Select(watcher => watcher.OpenAsync(_gateway.Url, request)));
            _watchers.AddRange(opened);
        }

        await UntilAsync(() => _watchers.TrueForAll(watcher => watcher.Cursor >= 0));
    }

    /// <summary>A tenth of the watchers goes and comes again from far back, with a small window, and reads nothing.</summary>
    private async Task<List<Watcher>> StopAsync(int count)
    {
        foreach (var watcher in _watchers.TakeLast(count)) watcher.Dispose();
        _watchers.RemoveRange(_watchers.Count - count, count);
        var stopped = Enumerable.Range(0, count).Select(_ => new Watcher()).ToList();
        await Task.WhenAll(stopped.Select(watcher => watcher.OpenAsync(_gateway.Url, Scene.Watch(after: 1), reads: false, window: 4096)));
        // Until all that stands between is full: what the others notice is to come of those that do not read, not of their coming.
        await QuietAsync();
        return stopped;
    }

    private async Task QuietAsync()
    {
        for (var busy = TimeSpan.MaxValue; busy > TimeSpan.FromMilliseconds(100);)
        {
            var before = _gateway.Cpu;
            await Task.Delay(Pace, TimeProvider.System);
            busy = _gateway.Cpu - before;
        }
    }

    /// <summary>How many of those that did not read were cut off: they find only what was under way, and no end that is one.</summary>
    private static async Task<int> CutAsync(List<Watcher> stopped)
    {
        var cut = await Task.WhenAll(stopped.Select(async watcher =>
        {
            try
            {
                await watcher.ReadAsync().WaitAsync(TimeSpan.FromSeconds(5));
                return false;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return true;
            }
            catch (TimeoutException)
            {
                // It is still served.
                return false;
            }
        }));
        foreach (var watcher in stopped) watcher.Dispose();
        return cut.Count(one => one);
    }

    private async Task<(double P99, double Megabytes)> RoundsAsync(string what, int rounds)
    {
        var all = new List<double>();
        var most = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var watcher in _watchers) watcher.At = 0;
            var (began, target) = (Stopwatch.GetTimestamp(), _watchers.Max(watcher => watcher.Cursor) + 2);
            await LoadGenerator.AskAsync(_gateway.Url, [Scene.Start()]);
            await UntilAsync(() => _watchers.TrueForAll(watcher => watcher.Cursor >= target));
            all.AddRange(_watchers.Select(watcher => Stopwatch.GetElapsedTime(began, watcher.At).TotalMilliseconds));
            most = Math.Max(most, _gateway.Resident);
            var rest = Pace - Stopwatch.GetElapsedTime(began);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, TimeProvider.System);
        }

        all.Sort();
        double At(double quantile) => all[(int)(quantile * (all.Count - 1))];
        Console.WriteLine($"{what,-22} {rounds,3} changes x {_watchers.Count}: p50 {At(0.5),5:0} ms, p99 {At(0.99),5:0} ms, last {all[^1],5:0} ms; the gateway {most:0} MB, CPU so far {_gateway.Cpu.TotalSeconds:0.0} s");
        Console.WriteLine($"  {await _gateway.MemoryAsync()}");
        return (At(0.99), most);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException("Some watchers were not told.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
