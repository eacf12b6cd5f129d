using System.Globalization;

namespace WorkflowGateway.Client;

/// <summary>Polls a run with requests that the gateway holds open until there is news.</summary>
internal sealed class RunWaiter(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    public static string Prefer(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"wait={Math.Clamp((long)wait.TotalSeconds, 0, 60)}");

    public async Task<Run> WaitAsync(Sender sender, string path, string? answered, CancellationToken cancellationToken)
    {
        // Well below the client's own timeout, which would look like a network failure.
        var hold = http.Timeout == Timeout.InfiniteTimeSpan || http.Timeout > 2 * Longest ? Longest : http.Timeout / 2;
        var run = await sender.ReadAsync<Run>(new Call(HttpMethod.Get, path), cancellationToken);
        while (!run.Final && !Waits(run, answered))
        {
            var asked = time.GetTimestamp();
            var call = new Call(HttpMethod.Get, path).Header("Prefer", Prefer(hold)).Version("If-None-Match", run.Version);
            var next = await sender.ReadChangedAsync<Run>(call, cancellationToken) ?? run;

            // No news before the time was up: something between here and the gateway does not hold requests open.
            var rest = Pace - time.GetElapsedTime(asked);
            if (next.Version == run.Version && rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken);
            run = next;
        }

        return run;
    }

    private static bool Waits(Run run, string? answered) =>
        run.Status == RunStatuses.Waiting && (answered is null || run.Interactions.All(interaction => interaction.Id != answered));
}
