using System.Text;
using WorkflowGateway.Adapters.Tests.Conformance;

namespace WorkflowGateway.Adapters.Tests.Hostile;

/// <param name="Bodies">Answers given.</param>
/// <param name="Understood">Those of which the adapter made something.</param>
/// <param name="Final">Those of which it made the end of a run.</param>
/// <param name="Wrong">What it must not have made of them, or thrown.</param>
/// <param name="Growth">Bytes more in use at the end than halfway: what pools keep of the largest bodies is there by then.</param>
internal sealed record HostileVerdict(int Bodies, int Understood, int Final, IReadOnlyList<string> Wrong, long Growth);

/// <summary>Puts an adapter in front of a vendor whose answers are mutated recordings.</summary>
// A fixed seed is what makes a failure repeatable.
#pragma warning disable CA5394
internal sealed class HostileRig(VendorUnderTest vendor, IReadOnlyList<Recording> recordings, int seed)
{
    private const int Callers = 8;

    // A hang, not a slow machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<string> _wrong = [];
    private int _bodies, _understood, _final;

    public async Task<HostileVerdict> RunAsync(int bodies, Func<IWorkflowRunner, IWorkflowRunner>? wrap = null)
    {
        await using var server = await HostileVendor.StartAsync(Callers);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(server, caller, bodies / 2 / Callers, wrap)));
        var halfway = await InUseAsync(bodies);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(server, caller, bodies / 2 / Callers, wrap)));
        return new HostileVerdict(_bodies, _understood, _final, _wrong, await InUseAsync(bodies) - halfway);
    }

    // The shared array pool lets go of what lay unused for a minute, at a collection: how much of the largest bodies it holds just now is chance. In the short form it holds little.
    private static async Task<long> InUseAsync(int bodies)
    {
        for (var n = 0; n < 8; n++)
        {
            if (bodies > 100_000) await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private async Task CallAsync(HostileVendor server, int caller, int bodies, Func<IWorkflowRunner, IWorkflowRunner>? wrap)
    {
        var chance = new Random((seed * 1_000_003) + (_bodies * Callers) + caller);
        var mutator = new Mutator(chance);
        var runner = vendor.Adapter.Connect(new VendorConnection
        {
            Name = "under-test",
            BaseUrl = server.UrlOf(caller),
            Token = _ => ValueTask.FromResult(new Secret("sandbox")),
            Timeout = TimeSpan.FromSeconds(20),
            Settings = Bench.Json(vendor.Settings),
        }, TimeProvider.System);
        var asked = wrap?.Invoke(runner) ?? runner;
        for (var n = 0; n < bodies; n++)
        {
            var recording = recordings[chance.Next(recordings.Count)];
            var answer = Answer(chance, mutator, recording);
            server.Lay(caller, answer);
            await AskAsync(asked, recording, answer);
            Interlocked.Increment(ref _bodies);
        }

        (runner as IDisposable)?.Dispose();
    }

    private static HostileAnswer Answer(Random chance, Mutator mutator, Recording recording)
    {
        var body = chance.Next(500) == 0 ? Encoding.UTF8.GetBytes(mutator.Bomb()) : mutator.Mutate(recording.Body);
        return chance.Next(100) switch
        {
            < 80 => new HostileAnswer(200, body),
            < 84 => new HostileAnswer(200, body) { Encoding = "gzip" },
            < 86 => new HostileAnswer(200, body) { Encoding = "gzip", Share = chance.NextDouble() },
            86 => new HostileAnswer(200, body) { Encoding = "br" },
            87 => new HostileAnswer(200, body) { HeaderBytes = 80 * 1024 },
            88 => new HostileAnswer(204, body),
            _ => new HostileAnswer(new[] { 201, 206, 301, 400, 401, 404, 409, 429, 500, 502, 503 }[chance.Next(11)], body),
        };
    }

    private async Task AskAsync(IWorkflowRunner runner, Recording recording, HostileAnswer answer)
    {
        try
        {
            var snapshot = recording.Start ? await StartAsync(runner, recording, answer) : await runner.GetAsync(new RunRef(recording.VendorRunId, null, null), CancellationToken.None).WaitAsync(Patience);
            Interlocked.Increment(ref _understood);
            Judge(snapshot, recording, answer);
        }
        catch (RunnerException exception)
        {
            // A start that was answered at all may have happened, unless the vendor said what it means.
            if (recording.Start && answer.Status is >= 200 and < 300 && exception.Error.Kind != RunnerErrorKind.Unconfirmed) Say(answer, $"a start failed as {exception.Error.Kind}");
        }
        catch (Exception exception)
        {
            Say(answer, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private async Task<RunSnapshot> StartAsync(IWorkflowRunner runner, Recording recording, HostileAnswer answer)
    {
        var start = new StartRun { Target = Bench.Json(recording.Target), Input = Bench.Json(vendor.Input), Marker = new RunMarker("run_hostile", "attempt_hostile") };
        var started = await runner.StartAsync(start, CancellationToken.None).WaitAsync(Patience);
        if (started is StartAnswer.Started { Run.VendorRunId: var id } && !Oracle.Names(answer.Arrived(), id)) Say(answer, $"{id} stands nowhere in it");
        return started.Snapshot;
    }

    private void Judge(RunSnapshot seen, Recording recording, HostileAnswer answer)
    {
        if (answer.Status is < 200 or >= 300) Say(answer, $"{answer.Status} was understood");
        if (!recording.Start && seen.Run is { } run && !run.VendorRunId.Equals(recording.VendorRunId, StringComparison.OrdinalIgnoreCase) && !Oracle.Names(answer.Arrived(), run.VendorRunId))
            Say(answer, $"{run.VendorRunId} stands nowhere in it");
        // It is stored and shown: it must be possible to write it.
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(seen.Native);
        if (!seen.Status.IsFinal()) return;
        Interlocked.Increment(ref _final);
        if (!Oracle.Says(vendor.Adapter.Info.Vendor, answer.Arrived(), seen.Status)) Say(answer, $"{seen.Status} was read from it");
    }

    private void Say(HostileAnswer answer, string what)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        lock (_wrong) _wrong.Add($"{what}: {answer.Status} {answer.Encoding} {text[..Math.Min(text.Length, 600)]}");
    }
}
#pragma warning restore CA5394
