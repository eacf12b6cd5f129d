using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WorkflowGateway.Client;

/// <summary>Follows the log over server-sent events, and goes on from where it was whenever the connection is lost.</summary>
internal sealed class EventWatcher(Sender sender, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public async IAsyncEnumerable<WatchedEvent> WatchAsync(
        string path, IEnumerable<(string Name, string? Value)> query, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pause = Pause;
        while (true)
        {
            var call = new Call(HttpMethod.Get, path).Query(query).Header("Accept", "text/event-stream").Header("Last-Event-ID", after);
            var (answer, wait) = await OpenAsync(call, cancellationToken);
            using (answer)
            {
                if (answer?.StatusCode == HttpStatusCode.NoContent) yield break;
                if (answer is not null)
                {
                    using var lines = new EventLines(await answer.Content.ReadAsStreamAsync(cancellationToken), time);
                    while (await ReadAsync(lines, cancellationToken) is { } told)
                    {
                        after = told.Cursor;
                        yield return told;
                    }

                    // Heartbeats move it on where no event does.
                    after = lines.LastId ?? after;
                    pause = lines.Retry ?? pause;
                }
            }

            await Task.Delay(wait > pause ? wait : pause, time, cancellationToken);
        }
    }

    // Null where the gateway cannot be reached now: it is asked again, after what it asked for, until it is there, or the caller has had enough.
    private async Task<(HttpResponseMessage? Answer, TimeSpan Wait)> OpenAsync(Call call, CancellationToken cancellationToken)
    {
        try
        {
            return (await sender.OpenAsync(call, cancellationToken), TimeSpan.Zero);
        }
        catch (GatewayProblemException problem) when (problem.Retryable || problem.Status >= 500)
        {
            return (null, problem.RetryAfter ?? TimeSpan.Zero);
        }
        catch (Exception e) when (Sender.IsNetworkFailure(e) && !cancellationToken.IsCancellationRequested)
        {
            return (null, TimeSpan.Zero);
        }
    }

    private static async Task<WatchedEvent?> ReadAsync(EventLines lines, CancellationToken cancellationToken)
    {
        try
        {
            while (await lines.ReadAsync(cancellationToken) is var (type, data))
            {
                // Kinds of which this client knows nothing are not events of the log.
                if (type == "gap") return new WatchedEvent(lines.LastId!, null, JsonSerializer.Deserialize<EventGap>(data));
                if (JsonSerializer.Deserialize<RunEvent>(data) is { Id: not null } change) return new WatchedEvent(change.Id, change, null);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
