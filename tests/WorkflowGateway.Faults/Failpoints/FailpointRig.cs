using WorkflowGateway.Faults.Fallback;
using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Failpoints;

/// <summary>Lets a gateway die at each named place of a start, one after the other on one store, and looks what became of every start.</summary>
internal sealed class FailpointRig : IAsyncDisposable
{
    /// <summary>In the order in which a start passes them. See tests/mutants/failpoints.patch.</summary>
    private static readonly string[] Ordinary =
    [
        "before-intent", "intent-uncommitted", "after-intent", "before-send", "before-first-byte", "after-headers", "after-body",
        "before-outcome", "outcome-uncommitted", "after-outcome", "before-answer",
    ];

    /// <summary>Those that only a start passes that certainly was not processed and is sent again under another attempt.</summary>
    private static readonly string[] Throttled = ["before-queued", "queued-uncommitted", "after-queued", "before-flip", "after-flip"];

    private readonly int _vendor;
    private readonly string? _standIn;
    private readonly GatewayFolder _folder;
    private readonly SandboxServer _sandbox;
    private readonly int _port = Ports.Free();
    private readonly GatewayClient _client;
    private readonly History _history = new();

    private FailpointRig(string store, int vendor, string? standIn, SandboxServer sandbox)
    {
        (_vendor, _standIn, _sandbox, _folder) = (vendor, standIn, sandbox, new GatewayFolder(Aftermath.Timeout, store));
        if (standIn is not null) _folder.Edit(json => WithStandIn(json, Callers.Workflows[vendor], standIn));
        _client = new GatewayClient(new Uri($"http://127.0.0.1:{_port}"));
    }

    /// <summary>The places that a start at this vendor passes.</summary>
    public static IReadOnlyList<string> PointsOf(string vendor) => vendor == "fortanix" ? Ordinary : [.. Ordinary, .. Throttled];

    /// <param name="store">One of <see cref="Store.Names"/>.</param>
    /// <param name="vendor">Whose start it is.</param>
    /// <param name="hit">The how manieth time it dies there; the others go through.</param>
    /// <param name="progress">Told of each death.</param>
    /// <param name="standIn">The vendor that a start goes on to once the first has throttled it; then only the places on that way are died at.</param>
    public static async Task<Verdict> RunAsync(string store, string vendor, int hit, Action<string> progress, string? standIn = null)
    {
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Seed = 1 }, CancellationToken.None);
        await using var rig = new FailpointRig(store, Array.IndexOf(Callers.Workflows, vendor), standIn, sandbox);
        return await rig.RunAsync(hit, progress);
    }

    private static string WithStandIn(string json, string vendor, string standIn) => json.Replace(
        $"\"routes\": [ {{ \"name\": \"only\", \"connection\": \"{vendor}\"",
        $"\"routes\": [ {FallbackConfig.Route("stand-in", standIn, standIn, "\"weight\": 0, ")}, {{ \"name\": \"only\", \"fallback\": [ \"stand-in\" ], \"connection\": \"{vendor}\"",
        StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _sandbox.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<Verdict> RunAsync(int hit, Action<string> progress)
    {
        var points = _standIn is null ? PointsOf(Callers.Workflows[_vendor]) : Throttled;
        for (var i = 0; i < points.Count; i++)
        {
            await DieAsync(points[i], hit, i);
            progress($"{_folder.Store.Name}, {Callers.Workflows[_vendor]}: died at {points[i]}; {_sandbox.ReadLedger(operation: "start").Count} starts at the vendor");
        }

        // The real gateway has to make sense of what is left.
        await using var last = GatewayProcess.Launch(_folder, _sandbox.Control, _port);
        await last.ListeningAsync();
        foreach (var key in _history.Attempts.Select(attempt => attempt.Key).Distinct().ToList())
            (await AskAsync(key, "respond-async")).IsAcknowledged().Should().BeTrue("{0} is asked for again", key);
        var verdict = await Aftermath.JudgeAsync(last, _client, _history, _folder, _sandbox);
        _folder.Keep = !verdict.IsClean;
        return _folder.Keep ? verdict with { Folder = _folder.Path } : verdict;
    }

    private async Task DieAsync(string point, int hit, int number)
    {
        await using var gateway = GatewayProcess.Launch(_folder, _sandbox.Control, _port, "failpoints", ("WFG_KILL_AT", $"{point}:{hit}"));
        // What an earlier death left behind may reach the place while it boots.
        await gateway.ListeningOrEndedAsync();
        for (var n = 0; !gateway.HasEnded; n++)
        {
            n.Should().BeLessThan(20, "a start passes {0}; the last was answered {1}", point, _history.Attempts.LastOrDefault());
            _sandbox.Controls.ClearFaults();
            if (Throttled.Contains(point))
                _sandbox.Controls.Add(new Fault { Operation = "start", Kind = "status", Status = 429, RetryAfter = "0", When = "before", Count = 1 });
            // Who gets no answer has seen it die.
            if ((await AskAsync($"k-{number}-{n}-{_vendor}")).Reply is null) await gateway.WaitAsync();
        }

        (await gateway.WaitAsync()).Should().Be(128 + 9, "it kills itself at {0}: {1}", point, gateway.Errors);
    }

    private async Task<Attempt> AskAsync(string key, string? prefer = null)
    {
        var attempt = await _client.TryAsync(key, prefer);
        _history.Told(attempt, TimeSpan.Zero, first: false);
        return attempt;
    }
}
