using WorkflowGateway.Faults.Kill;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Switch;

/// <summary>What became of all runs.</summary>
internal sealed record SwitchVerdict(int Switches, int Started, int Failed, int Steered, int SteeredElsewhere, IReadOnlyList<string> Wrong)
{
    public string Summary =>
        $"{Switches} switches, {Started} starts, {Failed} failed; {Steered} runs steered, {SteeredElsewhere} of them at a vendor that their workflow had left; {Wrong.Count} wrong";

    public override string ToString() => string.Join(Environment.NewLine, Wrong.Take(30).Prepend(Summary));
}

/// <summary>Moves two workflows from vendor to vendor while callers start, read, answer and stop runs. Gateways and vendors are processes of their own.</summary>
internal static class SwitchRig
{
    private const int Callers = 4;

    /// <param name="store">One of <see cref="Store.Names"/>.</param>
    /// <param name="replicas">How many gateways share it.</param>
    /// <param name="switches">How often the file is written.</param>
    /// <param name="startsEach">How many starts there are at least between two.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="mutant">The broken build to use.</param>
    public static async Task<SwitchVerdict> RunAsync(string store, int replicas, int switches, int startsEach, Action<string> progress, string? mutant = null)
    {
        using var folder = new GatewayFolder(store: store);
        await using var north = await VendorProcess.StartAsync(folder.Path, "north");
        await using var south = await VendorProcess.StartAsync(folder.Path, "south");
        var files = new SwitchFiles(north.Address, south.Address);
        SwitchFiles.Write(folder, files.Make(0).Json, inPlace: true);
        var ports = Enumerable.Range(0, replicas).Select(_ => Ports.Free()).ToList();
        var gateways = new List<GatewayProcess>();
        var clients = ports.Select(port => new GatewayClient(new Uri($"http://127.0.0.1:{port}"))).ToList();
        try
        {
            foreach (var port in ports)
            {
                gateways.Add(GatewayProcess.Launch(folder, north.Address, port, mutant, ("Gateway__ReloadInterval", "50ms")));
                await gateways[^1].ListeningAsync();
            }

            var callers = new SwitchCallers(clients, files, Callers, seed: 1);
            await SwitchAsync(folder, files, callers, ports, switches, startsEach, progress, stopWhenWrong: mutant is not null);
            List<LedgerEntry> ledger = [.. await north.ReadLedgerAsync(), .. await south.ReadLedgerAsync()];
            var steered = callers.Runs.Where(run => run.Value is not null).Select(run => run.Key).ToList();
            var verdict = new SwitchVerdict(
                files.Count - 1, callers.Runs.Count + callers.Failed, callers.Failed, steered.Count, steered.Count(run => callers.LeftBehind.ContainsKey(run)), [.. callers.Wrong, .. Judge(callers, files, ledger)]);
            folder.Keep = verdict.Wrong.Count > 0 && mutant is null;
            return verdict;
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
            foreach (var gateway in gateways) await gateway.DisposeAsync();
        }
    }

    private static async Task SwitchAsync(
        GatewayFolder folder, SwitchFiles files, SwitchCallers callers, List<int> ports, int switches, int startsEach, Action<string> progress, bool stopWhenWrong)
    {
        using var http = new HttpClient();
        using var stop = new CancellationTokenSource();
        var load = callers.RunAsync(stop.Token);
        try
        {
            for (var number = 1; number <= switches && !(stopWhenWrong && !callers.Wrong.IsEmpty); number++)
            {
                await StartedAsync(startsEach);
                var (json, revision) = files.Make(number);
                SwitchFiles.Write(folder, json, inPlace: number % 3 == 0);
                foreach (var port in ports) await Until.HoldsAsync(async () => await RevisionAsync(http, port) == revision, $"the gateway at {port} serves file {number}");
                if (number % 10 == 0 || number == switches) progress($"{folder.Store.Name}, {ports.Count} gateways: switch {number}, {callers.Runs.Count} starts, {callers.Wrong.Count} wrong");
            }

            await StartedAsync(startsEach);
        }
        finally
        {
            await stop.CancelAsync();
            await load;
        }

        async Task StartedAsync(int more)
        {
            var before = callers.Runs.Count + callers.Failed;
            await Until.HoldsAsync(() => load.IsCompleted || callers.Runs.Count + callers.Failed >= before + more, "the callers start runs", 180);
            if (load.IsCompleted) await load;
        }
    }

    private static async Task<string> RevisionAsync(HttpClient http, int port)
    {
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/v1/workflows"));
        return answer.Headers.GetValues("Gateway-Revision").Single();
    }

    // The vendors' ledgers are the truth.
    private static List<string> Judge(SwitchCallers callers, SwitchFiles files, List<LedgerEntry> ledger)
    {
        var wrong = new List<string>();
        var starts = ledger.Where(entry => entry is { Operation: "start", Processed: true }).ToLookup(Checker.RunOf);
        var commands = ledger.Where(entry => entry is { Operation: "respond" or "data" or "stop", Processed: true }).ToLookup(entry => entry.VendorRunId);
        foreach (var (run, steered) in callers.Runs)
        {
            var named = files.VendorOf(run.Revision, run.Workflow);
            if (named is null) wrong.Add($"{run.Id} names {run.Revision}, which was never written");
            else if (named != run.Vendor) wrong.Add($"{run.Id} is at {run.Vendor}, and by its revision it belongs to {named}");
            var sent = starts[run.Id].Select(start => (start.Vendor, start.VendorRunId)).ToList();
            if (sent is not [var only] || only.Vendor != run.Vendor || (run.VendorRunId is not null && only.VendorRunId != run.VendorRunId)) wrong.Add($"{run.Id} at {run.Vendor} was started as {string.Join(", ", sent)}");
            else if (steered is not null && commands[only.VendorRunId].Select(command => command.Vendor).ToList() is var to && !(to is [var one] && one == run.Vendor))
                wrong.Add($"{run.Id} at {run.Vendor} was steered {to.Count} times, at {string.Join(", ", to)}");
        }

        var known = callers.Runs.Keys.Select(run => run.Id).ToHashSet();
        wrong.AddRange(starts.Where(start => !known.Contains(start.Key)).Select(start => $"{start.Key} was started for nobody"));
        return wrong;
    }
}
