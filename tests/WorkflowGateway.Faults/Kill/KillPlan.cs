namespace WorkflowGateway.Faults.Kill;

/// <summary>What the rig is to do.</summary>
internal sealed record KillPlan
{
    public required int Cycles { get; init; }

    /// <summary>Everything that the rig draws comes from it. When threads meet does not.</summary>
    public required int Seed { get; init; }

    /// <summary>One of <see cref="Rig.Store.Names"/>.</summary>
    public string Store { get; init; } = "sqlite";

    /// <summary>The deliberately broken gateway to kill in place of the real one.</summary>
    public string? Mutant { get; init; }

    /// <summary>How many starts run at once.</summary>
    public int Callers { get; init; } = 6;

    /// <summary>How many answers a gateway gives before it counts as warm; the first take many times as long.</summary>
    public int Warmth { get; init; } = 30;

    /// <summary>Each so many cycles the kill falls into the boot.</summary>
    public int BootKillEvery { get; init; } = 5;

    /// <summary>How long a vendor that has carried out a start waits before it says so, and how often it does.</summary>
    public (double Seconds, double Probability) VendorDelay { get; init; } = (0.02, 0.5);

    /// <summary>Stop at the first start that was processed twice.</summary>
    public bool StopWhenDoubled { get; init; }

    public Action<string> Progress { get; init; } = _ => { };
}
