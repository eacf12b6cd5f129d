namespace WorkflowGateway.Sandbox;

/// <summary>What the control API can do, for those in the same process.</summary>
public sealed class SandboxControls
{
    private readonly World _world;
    private readonly WebhookSender _webhooks;

    internal SandboxControls(World world, WebhookSender webhooks) => (_world, _webhooks) = (world, webhooks);

    /// <summary>The vendors' clock. It can be moved ahead, sped up and held, never set back.</summary>
    public ClockState Clock => _world.Clock;

    public Switches Switches
    {
        get => _world.Switches;
        set => _world.Control("switches", _ => value);
    }

    public IReadOnlyList<Fault> Faults => _world.Faults.All;

    public void Advance(TimeSpan time) => _world.Control("clock", clock => clock.Changed(null, null, time));

    public void SetSpeed(double speed) => _world.Control("clock", clock => clock.Changed(speed, null, TimeSpan.Zero));

    public void Hold(bool held = true) => _world.Control("clock", clock => clock.Changed(null, held, TimeSpan.Zero));

    public Fault Add(Fault fault)
    {
        if (fault.Problem is { } problem) throw new ArgumentException(problem, nameof(fault));
        return _world.Control("fault", _ => _world.Faults.Add(fault))!;
    }

    public bool RemoveFault(string id) => _world.Faults.Remove(id);

    public void ClearFaults() => _world.Faults.Clear();

    public IReadOnlyList<RunState> Runs(string vendor) => _world.Vendors.TryGetValue(vendor, out var found) ? _world.Runs(found) : [];

    /// <summary>Sets a run's status word, any word, until something else happens to it. False where there is no such run.</summary>
    public bool SetStatus(string vendor, string vendorRunId, string word) => Tell(new RunOrder(vendor, vendorRunId, word, Present: false));

    /// <summary>Ends a run well, in the vendor's word.</summary>
    public bool End(string vendor, string vendorRunId) => Tell(new RunOrder(vendor, vendorRunId, null, Present: false));

    /// <summary>Makes a run wait for an answer; it ends after it. False also where the vendor knows no interaction.</summary>
    public bool Present(string vendor, string vendorRunId) => Tell(new RunOrder(vendor, vendorRunId, null, Present: true));

    /// <summary>Where Interactly sends its events from now on; nowhere where it is null, as at first. Not kept over a restart.</summary>
    public Webhook? Webhook
    {
        get => _webhooks.Target;
        set
        {
            if (value?.Problem is { } problem) throw new ArgumentException(problem, nameof(value));
            _webhooks.Send(value);
        }
    }

    /// <summary>Every attempt to deliver an event.</summary>
    public IReadOnlyList<WebhookDelivery> Deliveries => _webhooks.Deliveries;

    private bool Tell(RunOrder order) => _world.Control("run", _ => order) is not null;
}
