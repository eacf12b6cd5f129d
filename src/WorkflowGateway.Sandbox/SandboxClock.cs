namespace WorkflowGateway.Sandbox;

/// <summary>The vendors' clock: real time, or faster, or held, or moved ahead. It never goes back.</summary>
internal sealed class SandboxClock(TimeProvider time)
{
    private DateTimeOffset _real = time.GetUtcNow();
    private DateTimeOffset _simulated = time.GetUtcNow();
    private DateTimeOffset _latest;

    public ClockState State => new() { Simulated = Now, Real = time.GetUtcNow(), Speed = Speed, Held = Held };

    public double Speed { get; private set; } = 1;

    public bool Held { get; private set; }

    public DateTimeOffset Now
    {
        get
        {
            var elapsed = Held ? TimeSpan.Zero : (time.GetUtcNow() - _real) * Speed;
            var now = _simulated + elapsed;
            if (now > _latest) _latest = now;
            return _latest;
        }
    }

    /// <summary>What the clock becomes when it is set from now on.</summary>
    public ClockState Changed(double? speed, bool? held, TimeSpan ahead) =>
        new() { Simulated = Now + ahead, Real = time.GetUtcNow(), Speed = speed ?? Speed, Held = held ?? Held };

    public void NotBefore(DateTimeOffset time)
    {
        if (time > _latest) _latest = time;
    }

    public void Set(ClockState state)
    {
        (_simulated, _real, Speed, Held) = (state.Simulated, state.Real, state.Speed, state.Held);
        NotBefore(_simulated);
    }
}

/// <summary>Simulated time stood at <see cref="Simulated"/> when real time stood at <see cref="Real"/>.</summary>
public sealed record ClockState
{
    public required DateTimeOffset Simulated { get; init; }

    public required DateTimeOffset Real { get; init; }

    /// <summary>Simulated seconds in a real one.</summary>
    public required double Speed { get; init; }

    public required bool Held { get; init; }
}
