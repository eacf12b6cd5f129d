using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace WorkflowGateway;

/// <summary>The verbs of <see cref="IWorkflowRunner"/> and of the optional interfaces beside it. This enum is the capability list.</summary>
/// <remarks>On the wire in lower case.</remarks>
public enum RunOperation
{
    /// <summary><see cref="IWorkflowRunner.StartAsync"/>.</summary>
    Start,

    /// <summary><see cref="IWorkflowRunner.GetAsync"/>.</summary>
    Get,

    /// <summary><see cref="IWorkflowRunner.ListAsync"/>.</summary>
    List,

    /// <summary><see cref="IWorkflowRunner.RespondAsync"/>.</summary>
    Respond,

    /// <summary><see cref="IWorkflowRunner.SendDataAsync"/>.</summary>
    Data,

    /// <summary><see cref="IWorkflowRunner.PauseAsync"/>.</summary>
    Pause,

    /// <summary><see cref="IWorkflowRunner.ResumeAsync"/>.</summary>
    Resume,

    /// <summary><see cref="IWorkflowRunner.StopAsync"/>.</summary>
    Stop,

    /// <summary><see cref="IRunLogs.GetLogsAsync"/>.</summary>
    Logs,
}

/// <summary>How a start whose outcome nobody saw can be settled.</summary>
public enum AmbiguousStart
{
    /// <summary>Only an operator can say what happened (Juo: no list, no echo).</summary>
    Operator = 0,

    /// <summary>The same attempt can be sent again: the vendor takes an id chosen by the client.</summary>
    Resend,

    /// <summary>The vendor echoes <see cref="RunMarker"/> and lists its runs (Interactly).</summary>
    FindByMarker,

    /// <summary>The only unbound candidate of the only claimant is it, on an exclusive connection (Fortanix).</summary>
    OnlyCandidate,
}

/// <summary>What a vendor can do, and the traits on which the gateway's behaviour depends. Fixed per adapter.</summary>
public sealed record RunnerInfo
{
    /// <summary>The vendor's name in lower case: <c>juo</c>.</summary>
    public required string Vendor { get; init; }

    /// <summary>The vendor's name as people write it: <c>Juo</c>.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The operations the vendor really has. Every other one is refused before any HTTP call.</summary>
    public required FrozenSet<RunOperation> Operations { get; init; }

    /// <summary>How an ambiguous start is settled.</summary>
    public AmbiguousStart AmbiguousStart { get; init; }

    /// <summary>Whether the vendor versions its runs, so that <see cref="RunRef.Version"/> orders observations.</summary>
    public bool VersionsRuns { get; init; }

    /// <summary>Whether <see cref="StartRun.DryRun"/> is understood.</summary>
    public bool SupportsDryRun { get; init; }

    /// <summary>Whether a 429 or 425 on a mutating call proves that nothing was done.</summary>
    public bool ThrottleIsBeforeWork { get; init; }

    /// <summary>Regular expression (whole string, culture invariant) of a vendor run id. Checked before any URL is built: an escaped <c>..</c> still walks up.</summary>
    public required string RunIdPattern { get; init; }

    /// <summary>Whether a text is a vendor run id as a whole.</summary>
    public bool IsRunId([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text) =>
        // \z, because $ also takes a line feed at the end.
        text is not null && Regex.IsMatch(text, $@"\A(?:{RunIdPattern})\z", RegexOptions.CultureInvariant);
}
