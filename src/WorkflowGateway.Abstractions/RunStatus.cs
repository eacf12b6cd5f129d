namespace WorkflowGateway;

/// <summary>What a run is, in the gateway's words. A vendor word that nobody knows is <see cref="Unknown"/>: never a success, never an exception.</summary>
/// <remarks>On the wire in lower case. The mapping of each vendor's words stands in the adapter's one status table.</remarks>
public enum RunStatus
{
    /// <summary>Nobody can say: an unconfirmed start, an unmapped vendor word, or a vendor that itself reports not knowing.</summary>
    Unknown = 0,

    /// <summary>Accepted and durable in the gateway; the vendor's run id is not known yet.</summary>
    Starting,

    /// <summary>The vendor has it and has not begun.</summary>
    Pending,

    /// <summary>The vendor is working on it.</summary>
    Running,

    /// <summary>It needs somebody's answer; see <see cref="RunSnapshot.Interactions"/>.</summary>
    Waiting,

    /// <summary>Held until it is resumed.</summary>
    Paused,

    /// <summary>A stop was accepted; the final state has not been seen.</summary>
    Stopping,

    /// <summary>Final: it ended well.</summary>
    Succeeded,

    /// <summary>Final: it ended badly, or never started.</summary>
    Failed,

    /// <summary>Final: it was cancelled. Only a vendor says so.</summary>
    Canceled,

    /// <summary>Final: the vendor had nothing to run (Juo <c>no_workflow</c>).</summary>
    Skipped,

    /// <summary>Final: an operator gave up finding out. Never reported by a vendor.</summary>
    Abandoned,
}

/// <summary>Questions about <see cref="RunStatus"/>.</summary>
public static class RunStatusExtensions
{
    /// <summary>Whether a run in this status can never change again.</summary>
    public static bool IsFinal(this RunStatus status) => status >= RunStatus.Succeeded;
}
