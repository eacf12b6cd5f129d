using System.Collections.Concurrent;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Isolation;

/// <summary>One request and how it went.</summary>
internal readonly record struct Call(string Vendor, bool Start, bool Good, TimeSpan Took, string Outcome);

/// <summary>Starts and reads at one vendor at a steady rate, whatever becomes of the ones before: a caller does not slow down because another waits.</summary>
internal sealed class Traffic(GatewayClient client, string vendor, double perSecond, ConcurrentQueue<Call> calls)
{
    private int _next;

    /// <summary>Until told to stop, and until the last request has its answer.</summary>
    public async Task RunAsync(string phase, CancellationToken stop)
    {
        var open = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond), TimeProvider.System);
        string? known = null;
        while (!stop.IsCancellationRequested)
        {
            var number = _next++;
            // Three reads for a start, as soon as there is something to read.
            open.Add(number % 4 == 0 || known is null ? StartAsync($"{phase}-{vendor}-{number}") : ReadAsync(known));
            if (open.Count % 64 == 0) open.RemoveAll(task => task.IsCompletedSuccessfully);
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(open);

        async Task StartAsync(string key)
        {
            var reply = await TimedAsync(start: true, () => client.StartAsync(vendor, key));
            if (reply?.RunId is { } id) known = id;
        }

        Task ReadAsync(string id) => TimedAsync(start: false, () => client.GetRunAsync(id));
    }

    private async Task<Reply?> TimedAsync(bool start, Func<Task<Reply>> send)
    {
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            var reply = await send();
            calls.Enqueue(new Call(vendor, start, Good(reply), TimeProvider.System.GetElapsedTime(began), $"{(int)reply.Status} {reply.RunStatus ?? reply.Body.GetProperty("code").GetString()}"));
            return reply;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            calls.Enqueue(new Call(vendor, start, Good: false, TimeProvider.System.GetElapsedTime(began), exception.GetType().Name));
            return null;
        }
    }

    private static bool Good(Reply reply) => reply is { Ok: true, RunStatus: not ("failed" or "unknown") };
}
