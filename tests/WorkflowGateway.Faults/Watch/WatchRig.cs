using System.Globalization;
using System.Text.Json;
using WorkflowGateway.Faults.Rig;
using ApiClient = WorkflowGateway.Client.GatewayClient;

namespace WorkflowGateway.Faults.Watch;

/// <summary>
/// Watchers of every kind, cut off at random while runs are started and gateways killed: each must be told every event once, in order. On PostgreSQL the watchers
/// change to another replica whenever theirs is killed.
/// </summary>
internal sealed class WatchRig : IAsyncDisposable
{
    private readonly WatchPlan _plan;
    private readonly Cluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<CuttingProxy> _proxies = [];
    private readonly Dictionary<string, Func<IReadOnlyList<long>>> _told = [];
    private readonly List<Task> _followers = [];
    private readonly NodeWatchers _node;
    private int _at;

    private WatchRig(WatchPlan plan, Cluster cluster)
    {
        (_plan, _cluster) = (plan, cluster);
        _node = new NodeWatchers([.. Enumerable.Range(0, plan.Watchers).Select(_ => new Uri(Proxy().Address, "v1/events?after=0"))]);
        for (var i = 0; i < plan.Watchers; i++)
        {
            var watcher = i;
            _told[$"eventsource {i}"] = () => _node.IdsOf(watcher);
        }

        Follow("our client", ClientAsync);
        Follow("JSON cursor", PagesAsync);
    }

    /// <summary>One more that is told events, under a name: its ids are compared like all others. For channels that push, such as webhooks.</summary>
    public void Compare(string name, Func<IReadOnlyList<long>> ids) => _told[name] = ids;

    private int Cut => _proxies.Sum(proxy => proxy.Cuts);

    public static async Task<WatchVerdict> RunAsync(WatchPlan plan)
    {
        await using var cluster = await Cluster.StartAsync(new GatewayFolder("2s", plan.Store), plan.Store == "postgres" ? 2 : 1, plan.Mutant, plan.Seed);
        await using var rig = new WatchRig(plan, cluster);
        return await rig.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var proxy in _proxies) proxy.Dispose();
        await Task.WhenAll(_followers).ContinueWith(_ => { }, TaskScheduler.Default);
        await _node.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<WatchVerdict> RunAsync()
    {
        using var calm = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 3).Select(caller => LoadAsync(caller, calm.Token)));
        var share = _plan.Cuts * _proxies.Count / (_plan.Kills + 1);
        for (var kill = 1; kill <= _plan.Kills; kill++)
        {
            await Until.HoldsAsync(() => Cut >= share * kill, "watchers are cut off", 600);
            await KillAsync(kill);
        }

        await Until.HoldsAsync(() => Cut >= _plan.Cuts * _proxies.Count, "watchers are cut off", 600);
        await calm.CancelAsync();
        await load;
        var ids = await SettledAsync();
        await Until.HoldsAsync(() => _node.Wrong.Count > 0 || _told.Values.All(told => told() is { Count: > 0 } so && so[^1] >= ids[^1]), "everybody is told the last", 60);
        // Read last: an unknown start may still be found at its vendor, and some have been told of that already.
        var told = _told.ToDictionary(one => one.Key, one => one.Value());
        var all = Ids();
        return new WatchVerdict(ids.Count, Cut, [.. _node.Wrong, .. told.Select(one => Compare(one.Key, one.Value, ids.Count, all)).OfType<string>()]);
    }

    // The replica that serves them dies; they go to the other, or wait for the only one to come back.
    private async Task KillAsync(int kill)
    {
        var dead = _at;
        await _cluster.Gateways[dead]!.KillAsync();
        _at = (_at + 1) % _cluster.Gateways.Length;
        foreach (var proxy in _proxies) proxy.Port = _cluster.Clients[_at].Port;
        _plan.Progress($"kill {kill}: replica {dead}, after {Cut} cuts");
        await _cluster.LaunchAsync(dead, _plan.Mutant);
    }

    private CuttingProxy Proxy()
    {
        _proxies.Add(new CuttingProxy(_plan.Cuts, _plan.Seed + _proxies.Count, _cluster.Clients[0].Port));
        return _proxies[^1];
    }

    private async Task LoadAsync(int caller, CancellationToken calm)
    {
        var random = new Random(_plan.Seed + caller);
        for (var n = 0; !calm.IsCancellationRequested; n++)
        {
            try
            {
                await _cluster.Clients[_at].StartAsync(Kill.Callers.Workflows[random.Next(3)], $"watched-{caller}-{n}");
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                // It was killed just now.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(10, 60)), TimeProvider.System, CancellationToken.None);
        }
    }

    private void Follow(string name, Func<Uri, List<long>, CancellationToken, Task> follow)
    {
        List<long> ids = [];
        _told[name] = () =>
        {
            lock (ids) return [.. ids];
        };
        var address = Proxy().Address;
        _followers.Add(Task.Run(() => follow(address, ids, _stop.Token)));
    }

    private static async Task ClientAsync(Uri address, List<long> ids, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = address };
        await foreach (var told in new ApiClient(http).WatchAsync(after: "0", cancellationToken: stop))
            lock (ids) ids.Add(told.Gap is null ? long.Parse(told.Cursor, CultureInfo.InvariantCulture) : -1);
    }

    private static async Task PagesAsync(Uri address, List<long> ids, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { { "Prefer", "wait=5" } } };
        for (var next = "0"; !stop.IsCancellationRequested;)
        {
            try
            {
                var page = JsonElement.Parse(await http.GetStringAsync(new Uri($"v1/events?pageSize=10&after={next}", UriKind.Relative), stop));
                lock (ids) ids.AddRange(page.GetProperty("events").EnumerateArray().Select(change => long.Parse(change.GetProperty("id").GetString()!, CultureInfo.InvariantCulture)));
                next = page.GetProperty("next").GetString()!;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    // Runs go on for a moment after the last start: when no event comes any more, what there is is all.
    private async Task<List<long>> SettledAsync()
    {
        List<long> ids = [];
        await Until.HoldsAsync(
            async () =>
            {
                var before = ids.Count;
                ids = Ids();
                // Of some starts that a kill cut off nobody will ever know, or not soon.
                if (ids.Count == before) return _cluster.Folder.Store.Query("SELECT COUNT(*) FROM runs WHERE final = 0 AND status NOT IN ('starting', 'unknown')", row => row.GetInt64(0))[0] == 0;
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
                return false;
            },
            "what can end has ended", 120);
        return ids;
    }

    private List<long> Ids() => _cluster.Folder.Store.Query("SELECT seq FROM events ORDER BY seq", row => row.GetInt64(0));

    private static string? Compare(string name, IReadOnlyList<long> told, int least, List<long> ids)
    {
        if (told.Count >= least && told.SequenceEqual(ids.Take(told.Count))) return null;
        var at = told.Zip(ids).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"{name} was told {told.Count} of {ids.Count}; at place {at} {(at < told.Count ? told[at] : "nothing")} and not {(at < ids.Count ? ids[at] : "nothing")}";
    }
}
