namespace WorkflowGateway.Adapters.Tests.Hostile;

/// <summary>Deliberately wrong: a word that it does not know is success.</summary>
internal sealed class GuessingRunner(IWorkflowRunner inner) : VendorRunner
{
    public override RunnerInfo Info => inner.Info;

    public override Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken) => inner.StartAsync(start, cancellationToken);

    public override async Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken) =>
        await inner.GetAsync(run, cancellationToken) is var seen && seen.Reason == "unmapped-status" ? seen with { Status = RunStatus.Succeeded } : seen;
}

/// <summary>Deliberately wrong: what it cannot read comes out as whatever was thrown.</summary>
internal sealed class ThrowingRunner(IWorkflowRunner inner) : VendorRunner
{
    public override RunnerInfo Info => inner.Info;

    public override Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken) => inner.StartAsync(start, cancellationToken);

    public override async Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken)
    {
        var seen = await inner.GetAsync(run, cancellationToken);
        return seen.NativeStatus is not null ? seen : throw new InvalidOperationException("There is no status.");
    }
}
