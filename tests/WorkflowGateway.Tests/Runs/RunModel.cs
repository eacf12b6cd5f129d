using WorkflowGateway.Runs;

namespace WorkflowGateway.Tests.Runs;

/// <summary>
/// What should become of a run, written down a second time from the promises (reliability.md 4.2 and 4.3, ledger.md 1 and 2) and not from the code.
/// </summary>
internal sealed record RunModel
{
    private static readonly RunStatus[] Ends = [RunStatus.Succeeded, RunStatus.Failed, RunStatus.Canceled, RunStatus.Skipped, RunStatus.Abandoned];

    public RunStatus Status { get; init; } = RunStatus.Starting;
    public string? Reason { get; init; }
    public int Attempt { get; init; }
    public string? VendorRun { get; init; }
    public int VendorVersion { get; init; }
    public long Version { get; init; } = 1;

    private bool Ended => Ends.Contains(Status);

    /// <summary>Only why nobody knows is compared: other reasons are words for people.</summary>
    public static RunModel Of(RunRow run, int attempt) => new()
    {
        Status = run.Status,
        Reason = run.Status == RunStatus.Unknown ? run.Reason : null,
        Attempt = attempt,
        VendorRun = run.VendorRunId,
        VendorVersion = int.TryParse(run.VendorVersion, out var version) ? version : 0,
        Version = run.Version,
    };

    public static string ReasonOf(LifeStep step) => step.Kind % 2 == 0 ? "start-unconfirmed" : "vendor-not-found";

    public static string AnswerOf(LifeStep step) => (step.Kind % 6) switch { 0 => "accepted", 1 => "declined", 2 => "finished", _ => "started" };

    public static string VendorRunOf(LifeStep step) => $"vendor-{step.VendorRun}";

    public RunModel Next(LifeStep step)
    {
        // An outcome is this run's only as long as nobody knows another, and only of the attempt that it is on.
        var awaited = VendorRun is null && step.Attempt == Attempt && Status is (RunStatus.Starting or RunStatus.Unknown);
        var error = Enum.GetValues<RunnerErrorKind>()[step.Kind % Enum.GetValues<RunnerErrorKind>().Length];
        return step.What switch
        {
            LifeEvent.Answer when awaited => AnswerOf(step) switch
            {
                "accepted" => To(RunStatus.Pending),
                "declined" => To(RunStatus.Skipped),
                "finished" => To(RunStatus.Succeeded),
                _ => To(Said(step.Status)) with { VendorRun = VendorRunOf(step), VendorVersion = step.VendorVersion },
            },
            LifeEvent.Failure when awaited => error is RunnerErrorKind.Unconfirmed or RunnerErrorKind.Contract ? GivenUp("start-unconfirmed") : To(RunStatus.Failed),
            LifeEvent.Again when awaited && Status == RunStatus.Starting => this with { Attempt = Attempt + 1, Version = Version + 1 },
            LifeEvent.GiveUp => GivenUp(ReasonOf(step)),
            LifeEvent.Stop when !Ended => this with { Version = Version + 1 },
            LifeEvent.Read when VendorRun is not null => Read(step),
            _ => this,
        };
    }

    private RunModel Read(LifeStep step)
    {
        var version = step.Kind % 3 == 0 ? 0 : step.VendorVersion;
        var status = Said(step.Status);
        if (Ended || (version > 0 && version < VendorVersion)) return this;
        // No run of a vendor is skipped once it was there.
        if (status == RunStatus.Skipped && Status != RunStatus.Unknown) return this;
        return To(status) with { VendorVersion = version > 0 ? version : VendorVersion };
    }

    private RunModel GivenUp(string reason) =>
        Ended || (Status == RunStatus.Unknown && Reason == reason) ? this : this with { Status = RunStatus.Unknown, Reason = reason, Version = Version + 1 };

    private RunModel To(RunStatus status) =>
        this with { Status = status, Reason = status == RunStatus.Unknown ? "unmapped-status" : null, Version = Version + 1 };

    // What a vendor cannot mean is not known.
    private static RunStatus Said(RunStatus status) => status is RunStatus.Starting or RunStatus.Abandoned ? RunStatus.Unknown : status;
}
