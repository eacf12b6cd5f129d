namespace WorkflowGateway.Client;

/// <summary>The words that <see cref="Run.Status"/> has today. There may be more one day: ask <see cref="Run.Final"/> whether a run has ended.</summary>
public static class RunStatuses
{
    /// <summary>Nobody can say; see <see cref="Run.StatusReason"/> and <see cref="Run.LastKnownStatus"/>.</summary>
    public const string Unknown = "unknown";

    /// <summary>Accepted and durable in the gateway; the vendor has not answered yet.</summary>
    public const string Starting = "starting";

    /// <summary>The vendor has it and has not begun.</summary>
    public const string Pending = "pending";

    /// <summary>The vendor is working on it.</summary>
    public const string Running = "running";

    /// <summary>It needs somebody's answer; see <see cref="Run.Interactions"/>.</summary>
    public const string Waiting = "waiting";

    /// <summary>Held until it is resumed.</summary>
    public const string Paused = "paused";

    /// <summary>A stop was accepted; the end has not been seen.</summary>
    public const string Stopping = "stopping";

    /// <summary>Final: it ended well.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Final: it ended badly, or never started; see <see cref="Run.Error"/>.</summary>
    public const string Failed = "failed";

    /// <summary>Final: it was cancelled.</summary>
    public const string Canceled = "canceled";

    /// <summary>Final: the vendor had nothing to run; see <see cref="Run.FallbackToDefault"/>.</summary>
    public const string Skipped = "skipped";

    /// <summary>Final: an operator gave up finding out.</summary>
    public const string Abandoned = "abandoned";
}
