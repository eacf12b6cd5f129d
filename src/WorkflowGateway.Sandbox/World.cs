using System.Text.Json;

namespace WorkflowGateway.Sandbox;

/// <summary>The three vendors, their clock and the ledger: one request at a time, so that the ledger's order is the order in which things happened.</summary>
internal sealed class World : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly SandboxClock _clock;
    private readonly SandboxIds _ids;

    public World(SandboxOptions options)
    {
        Ledger = new RequestLedger(options.LedgerPath);
        // The same seed over a ledger that has grown must not draw the same ids again.
        (_time, _clock, _ids) = (options.Time, new SandboxClock(options.Time), new SandboxIds(options.Seed + Ledger.Count));
        Faults = new FaultBook(_ids);
        Vendors = new IVendor[] { new JuoVendor(() => Switches), new InteractlyVendor(() => Switches, _ids), new FortanixVendor(() => Switches) }.ToDictionary(vendor => vendor.Name);
        foreach (var entry in Ledger.After(0, int.MaxValue, _ => true))
        {
            if (entry.Changes) Replay(entry);
            _clock.NotBefore(entry.SimulatedAt);
        }
    }

    public IReadOnlyDictionary<string, IVendor> Vendors { get; }

    public FaultBook Faults { get; }

    public RequestLedger Ledger { get; }

    public Switches Switches { get; private set; } = new();

    public ClockState Clock
    {
        get
        {
            lock (_lock) return _clock.State;
        }
    }

    /// <summary>A request that never got as far as being looked at.</summary>
    public void Note(IVendor vendor, string operation, SandboxRequest request, Fault fault)
    {
        var line = LedgerLine.Of(vendor.Name, operation, request);
        lock (_lock) Append(line with { Fault = fault.Kind, Status = fault.Seen(null) }, _clock.Now);
    }

    /// <summary>A request for no vendor.</summary>
    public void NoteStray(SandboxRequest request)
    {
        var line = LedgerLine.Of("none", "other", request);
        lock (_lock) Append(line with { Status = 404 }, _clock.Now);
    }

    public Answer Process(IVendor vendor, string operation, SandboxRequest request, Fault? fault)
    {
        var line = LedgerLine.Of(vendor.Name, operation, request);
        lock (_lock)
        {
            var now = _clock.Now;
            var effectAt = fault is { Kind: "late" } ? now + TimeSpan.FromSeconds(fault.Seconds ?? 0) : now;
            var moment = new Moment(now, effectAt, vendor.Name == "interactly" ? _ids.NewObjectId : _ids.NewUuid);
            var answer = vendor.Refuse(request) ?? Unknown(vendor, request) ?? vendor.Handle(request, moment);
            var second = fault is { Kind: "duplicate" } && answer.Processed ? vendor.Handle(request, moment).VendorRunId : null;
            Append(line with
            {
                Processed = answer.Processed,
                VendorRunId = answer.VendorRunId,
                DuplicateRunId = second != answer.VendorRunId ? second : null,
                EffectAt = effectAt != now ? effectAt : null,
                Status = fault is null ? answer.Status : fault.Seen(answer.Status),
                Fault = fault?.Kind,
            }, now);
            return answer;
        }
    }

    private Answer? Unknown(IVendor vendor, SandboxRequest request) =>
        Switches.AcceptedCredentials is { } known && !request.Headers.Values.Any(value => known.Any(one => value == one || value.EndsWith(" " + one, StringComparison.Ordinal)))
            ? vendor.Error(401, "This credential is not taken")
            : null;

    /// <summary>Does what the control API was told and records it. Null where it cannot be done.</summary>
    public T? Control<T>(string operation, Func<SandboxClock, T?> change)
        where T : class
    {
        lock (_lock)
        {
            if (change(_clock) is not { } done) return null;
            var body = JsonSerializer.Serialize(done, JsonSerializerOptions.Web);
            var now = _clock.Now;
            if (!Apply(operation, body, now)) return null;
            Append(new LedgerEntry { Vendor = "control", Operation = operation, Method = "POST", Target = $"/{operation}", Body = body, Processed = true }, now);
            return done;
        }
    }

    public IReadOnlyList<RunState> Runs(IVendor vendor)
    {
        lock (_lock) return [.. vendor.Runs(_clock.Now).Select(run => new RunState(vendor.Name, run.Id, run.Word, run.CreatedAt, run.Since))];
    }

    /// <summary>Looks at Interactly while nothing happens there.</summary>
    public T Look<T>(Func<IVendor, DateTimeOffset, T> look)
    {
        lock (_lock) return look(Vendors["interactly"], _clock.Now);
    }

    public void Dispose() => Ledger.Dispose();

    private void Append(LedgerEntry entry, DateTimeOffset now) => Ledger.Append(entry with { At = _time.GetUtcNow(), SimulatedAt = now });

    private bool Apply(string operation, string body, DateTimeOffset now)
    {
        switch (operation)
        {
            case "clock":
                _clock.Set(JsonSerializer.Deserialize<ClockState>(body, JsonSerializerOptions.Web)!);
                return true;
            case "switches":
                // What happened so far happened under the old switches.
                foreach (var run in Vendors.Values.SelectMany(vendor => vendor.Runs(now))) run.CatchUp(now);
                Switches = JsonSerializer.Deserialize<Switches>(body, JsonSerializerOptions.Web)!;
                return true;
            case "run":
                var order = JsonSerializer.Deserialize<RunOrder>(body, JsonSerializerOptions.Web)!;
                if (Vendors.GetValueOrDefault(order.Vendor) is not { } vendor || vendor.Find(order.VendorRunId, now) is not { } told) return false;
                var script = order.Present ? vendor.Interaction : [new Phase(order.Word ?? vendor.EndWord)];
                if (script is null) return false;
                told.Follow(now, script);
                return true;
            default:
                return true;
        }
    }

    private void Replay(LedgerEntry entry)
    {
        if (entry.Vendor == "control")
        {
            Apply(entry.Operation, entry.Body!, entry.SimulatedAt);
            return;
        }

        var headers = new Dictionary<string, string>(entry.HeaderValues ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        var request = new SandboxRequest(entry.Method, entry.Target, headers, System.Text.Encoding.UTF8.GetBytes(entry.Body ?? ""));
        var made = new Queue<string>(new[] { entry.VendorRunId, entry.DuplicateRunId }.OfType<string>());
        var moment = new Moment(entry.SimulatedAt, entry.EffectAt ?? entry.SimulatedAt, () => made.Count > 0 ? made.Dequeue() : _ids.NewUuid());
        for (var times = entry.Fault == "duplicate" ? 2 : 1; times > 0; times--) Vendors[entry.Vendor].Handle(request, moment);
    }
}

/// <summary>A run as the control API shows it.</summary>
public sealed record RunState(string Vendor, string VendorRunId, string Status, DateTimeOffset CreatedAt, DateTimeOffset Since);

/// <summary>What the control API tells a run: a status word, the word of a good end, or to present an interaction.</summary>
internal sealed record RunOrder(string Vendor, string VendorRunId, string? Word, bool Present);
