using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using WorkflowGateway.Testing;

namespace WorkflowGateway.Faults.Webhooks;

/// <summary>Receivers with a fault each, until they are told to be good. What each has accepted is the truth.</summary>
internal sealed class FaultyReceivers : IAsyncDisposable
{
    /// <summary>Good ones first.</summary>
    public static readonly string[] Kinds = ["good", "slow", "flaky", "hangs", "fails", "redirects", "vanishes"];

    private readonly Dictionary<string, Receiver> _receivers = [];
    private readonly Dictionary<string, ConcurrentQueue<Received>> _accepted = Kinds.ToDictionary(kind => kind, _ => new ConcurrentQueue<Received>());
    private readonly ConcurrentDictionary<(string, string), bool> _seen = new();
    private volatile bool _good;

    public static async Task<FaultyReceivers> StartAsync()
    {
        var all = new FaultyReceivers();
        foreach (var kind in Kinds)
        {
            var receiver = all._receivers[kind] = await Receiver.StartAsync();
            receiver.Answer = (one, http) => all.AnswerAsync(kind, one, http);
        }

        return all;
    }

    public string UrlOf(string kind) => _receivers[kind].Url;

    public IReadOnlyList<Received> Accepted(string kind) => [.. _accepted[kind]];

    public int Requests(string kind) => _receivers[kind].All.Count;

    public void BeGood() => _good = true;

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in _receivers.Values) await receiver.DisposeAsync();
    }

    private async Task AnswerAsync(string kind, Received one, HttpContext http)
    {
        if (!_good)
        {
            switch (kind)
            {
                case "slow":
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
                    break;
                case "flaky" when _seen.TryAdd((kind, one.Id), true) && one.Seq % 3 == 0:
                    http.Response.StatusCode = 500;
                    return;
                case "hangs":
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return;
                case "fails":
                    http.Response.StatusCode = 500;
                    return;
                case "redirects":
                    http.Response.StatusCode = 307;
                    http.Response.Headers.Location = UrlOf("good") + "&redirected";
                    return;
                case "vanishes":
                    http.Abort();
                    return;
            }
        }

        // Accepted is what was answered, not what was heard.
        _accepted[kind].Enqueue(one);
    }
}
