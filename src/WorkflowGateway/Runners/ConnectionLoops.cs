using System.Threading.Channels;

namespace WorkflowGateway.Runners;

/// <summary>Keeps a loop for each connection of the configuration in force: new ones get theirs, and those of removed ones end.</summary>
internal static class ConnectionLoops
{
    /// <param name="runners">The connections.</param>
    /// <param name="wanted">Whether a connection needs one.</param>
    /// <param name="loop">A loop by the connection's name, until its token is cancelled. It reads the connection's runner anew each time: that changes.</param>
    /// <param name="stoppingToken">Ends them all. So does a loop that fails, with its exception.</param>
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
                foreach (var name in names.Where(name => !running.ContainsKey(name)))
                {
                    var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    running[name] = (end, FollowAsync(name, end.Token));
                }

                var gone = running.Where(one => !names.Contains(one.Key)).ToList();
                foreach (var (name, _) in gone) running.Remove(name);
                await EndAsync([.. gone.Select(one => one.Value)]);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of them all.
        }
        finally
        {
            runners.Changed -= Tell;
            await EndAsync([.. running.Values]);
        }

        async Task FollowAsync(string name, CancellationToken end)
        {
            try
            {
                await loop(name, end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Its end.
            }
            catch (Exception exception)
            {
                // Nobody would follow this connection any more, and nobody would know.
                changes.Writer.TryComplete(exception);
                throw;
            }
        }
    }

    private static async Task EndAsync(IReadOnlyList<(CancellationTokenSource End, Task Ended)> loops)
    {
        await Task.WhenAll(loops.Select(one => one.End.CancelAsync()));
        try
        {
            await Task.WhenAll(loops.Select(one => one.Ended));
        }
        finally
        {
            foreach (var one in loops) one.End.Dispose();
        }
    }
}
