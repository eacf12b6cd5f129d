using System.Threading.Channels;

namespace WorkflowGateway.Runners;

/// <summary>Keeps a loop for each connection of the configuration in force: new ones get theirs, and those of removed ones end.</summary>
internal static class ConnectionLoops
{
    /// <param name="runners">The connections.</param>
    /// <param name="wanted">Whether a connection needs one.</param>
    /// <param name="loop">A loop by the connection's name, until its token is cancelled. It reads the connection's runner anew each time: that changes.</param>
    /// <param name="stoppingToken">Ends them all.</param>
    public static async Task RunAsync(RunnerRegistry runners, Func<ConnectionRunner, bool> wanted, Func<string, CancellationToken, Task> loop, CancellationToken stoppingToken)
    {
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var running = new Dictionary<string, (CancellationTokenSource End, Task Ended)>(StringComparer.Ordinal);
        void Tell() => changes.Writer.TryWrite(true);
        runners.Changed += Tell;
        Tell();
        try
        {
            await foreach (var _ in changes.Reader.ReadAllAsync(stoppingToken))
            {
                var names = runners.All.Where(wanted).Select(runner => runner.Config.Name).ToHashSet(StringComparer.Ordinal);
                foreach (var (name, one) in running.Where(one => !names.Contains(one.Key)).ToList())
                {
                    running.Remove(name);
                    await EndAsync(one.End, one.Ended);
                }

                foreach (var name in names.Where(name => !running.ContainsKey(name)))
                {
                    var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    running[name] = (end, loop(name, end.Token));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of them all.
        }
        finally
        {
            runners.Changed -= Tell;
            foreach (var one in running.Values) await EndAsync(one.End, one.Ended);
        }
    }

    private static async Task EndAsync(CancellationTokenSource end, Task ended)
    {
        await end.CancelAsync();
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
    }
}
