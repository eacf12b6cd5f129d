using System.Collections.Concurrent;
using System.Text.Json;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Switch;

/// <summary>A run as its caller was told of it.</summary>
/// <param name="Answer">The answer to its start.</param>
internal sealed record StartedAt(string Key, string Workflow, JsonElement Answer)
{
    public string Id => Answer.GetProperty("id").GetString()!;
    public string Vendor => Answer.GetProperty("vendor").GetString()!;
    public string Revision => Answer.GetProperty("route").GetProperty("revision").GetString()!;
    public string? VendorRunId => Answer.GetProperty("vendorRunId").GetString();
}

/// <summary>Start runs over and over at any of the replicas, read them, and answer or stop each only after others were started: by then it may be at a vendor of old.</summary>
internal sealed class SwitchCallers(IReadOnlyList<GatewayClient> gateways, SwitchFiles files, int callers, int seed)
{
    private const int Open = 10;
    private static readonly string[] WellStarted = ["running", "pending", "waiting", "starting"];

    /// <summary>Every run, and what was sent to steer it.</summary>
    public ConcurrentDictionary<StartedAt, string?> Runs { get; } = new();

    /// <summary>Those that were steered at a vendor which their workflow had left by then.</summary>
    public ConcurrentDictionary<StartedAt, bool> LeftBehind { get; } = new();

    /// <summary>What must not be.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    /// <summary>How many starts went wrong.</summary>
    public int Failed;

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller, stop), CancellationToken.None)));

    private async Task CallAsync(int caller, CancellationToken stop)
    {
        var random = new Random(seed + caller);
        var open = new Queue<StartedAt>();
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            if (await StartAsync($"s-{caller}-{n}-end", n % 2 == 0 ? SwitchFiles.Asks : SwitchFiles.Works, random) is { } run) open.Enqueue(run);
            if (open.Count > 0) await ReadAsync(open.ElementAt(random.Next(open.Count)), random);
            if (open.Count > Open) await SteerAsync(open.Dequeue(), random);
        }

        foreach (var run in open) await SteerAsync(run, random);
    }

    private async Task<StartedAt?> StartAsync(string key, string workflow, Random random)
    {
        try
        {
            var reply = await Any(random).StartAsync(workflow, key);
            if (reply.Ok && WellStarted.Contains(reply.RunStatus))
            {
                var run = new StartedAt(key, workflow, reply.Body);
                Runs[run] = null;
                return run;
            }

            Wrong.Enqueue($"{key} was answered {reply.Status} {reply.Body}");
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Wrong.Enqueue($"{key} was not answered: {exception.Message}");
        }

        Interlocked.Increment(ref Failed);
        return null;
    }

    private async Task<Reply?> ReadAsync(StartedAt run, Random random)
    {
        var read = await Any(random).GetRunAsync(run.Id);
        if (!read.Ok) Wrong.Enqueue($"{run.Id} could not be read: {read.Status} {read.Body}");
        else if (read.Body.GetProperty("vendor").GetString() != run.Vendor || read.Body.GetProperty("connection").GetString() != run.Vendor)
            Wrong.Enqueue($"{run.Id} began at {run.Vendor} and is at {read.Body.GetProperty("connection")} now");
        else return read;
        return null;
    }

    private async Task SteerAsync(StartedAt run, Random random)
    {
        Reply? read = null;
        var wanted = run.Workflow == SwitchFiles.Asks ? "waiting" : null;
        await Until.HoldsAsync(async () => (read = await ReadAsync(run, random)) is null || (wanted is null ? read.RunStatus is not "starting" : read.RunStatus == wanted), $"{run.Id} can be steered");
        if (read is null) return;
        var (verb, body) = wanted is null ? ("stop", (object)new { }) : ("respond", Answer(read.Body.GetProperty("interactions")[0]));
        var reply = await Any(random).CommandAsync(run.Id, verb, body, $"{run.Key}-{verb}");
        if (!reply.Ok) Wrong.Enqueue($"{verb} of {run.Id} at {run.Vendor} was answered {reply.Status} {reply.Body}");
        if ((run.Workflow == SwitchFiles.Asks ? files.Last.Asks : files.Last.Works) != run.Vendor) LeftBehind[run] = true;
        Runs[run] = verb;
    }

    private static object Answer(JsonElement interaction)
    {
        var (id, type) = (interaction.GetProperty("id").GetString(), interaction.GetProperty("responses")[0].GetProperty("type").GetString());
        return type == "input" ? new { interactionId = id, type, data = new { dynamicVariables = new { said = "yes" } } } : new { interactionId = id, type };
    }

    private GatewayClient Any(Random random) => gateways[random.Next(gateways.Count)];
}
