namespace WorkflowGateway.Sandbox;

/// <summary>What nobody knows of the vendors: each guess can be turned the other way.</summary>
public sealed record Switches
{
    /// <summary>Whether Juo's <c>runVersion</c> goes up when an interaction times out.</summary>
    public bool JuoBumpsVersionOnTimeout { get; init; } = true;

    /// <summary>Whether Juo's answer to respond lacks <c>status</c>, as its published example does.</summary>
    public bool JuoRespondOmitsStatus { get; init; } = true;

    /// <summary>Whether Interactly echoes <c>miscellaneous</c>, where the marker is.</summary>
    public bool InteractlyEchoesMarker { get; init; } = true;

    /// <summary><c>seconds</c> or <c>milliseconds</c>.</summary>
    public string FortanixCreatedAtUnit { get; init; } = "seconds";

    /// <summary>Whether Fortanix wants <c>Authorization: Bearer</c> in place of <c>Authentication</c>.</summary>
    public bool FortanixRequiresBearer { get; init; }

    /// <summary>Whether Fortanix refuses to stop a finished run; otherwise it answers with the run.</summary>
    public bool FortanixRefusesStopOfFinished { get; init; }

    /// <summary>How far Fortanix's list is behind its status.</summary>
    public double FortanixListLagSeconds { get; init; }

    /// <summary>Whether a 429 that does not say when comes before any work.</summary>
    public bool ThrottleBeforeWork { get; init; } = true;

    /// <summary>The credentials that are taken, at every vendor; all where nothing is said.</summary>
    public IReadOnlyList<string>? AcceptedCredentials { get; init; }
}
