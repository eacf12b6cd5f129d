namespace WorkflowGateway;

/// <summary>A runner that refuses every verb; adapters override those that the vendor has.</summary>
public abstract class VendorRunner : IWorkflowRunner
{
    /// <inheritdoc />
    public abstract RunnerInfo Info { get; }

    /// <inheritdoc />
    public virtual Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken) => Refuse<StartAnswer>(RunOperation.Start);

    /// <inheritdoc />
    public virtual Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken) => Refuse<RunSnapshot>(RunOperation.Get);

    /// <inheritdoc />
    public virtual Task<RunPage> ListAsync(ListRuns query, CancellationToken cancellationToken) => Refuse<RunPage>(RunOperation.List);

    /// <inheritdoc />
    public virtual Task<RunSnapshot> RespondAsync(RespondToRun command, CancellationToken cancellationToken) => Refuse<RunSnapshot>(RunOperation.Respond);

    /// <inheritdoc />
    public virtual Task<RunSnapshot> SendDataAsync(SendDataToRun command, CancellationToken cancellationToken) => Refuse<RunSnapshot>(RunOperation.Data);

    /// <inheritdoc />
    public virtual Task<RunSnapshot> PauseAsync(PauseRun command, CancellationToken cancellationToken) => Refuse<RunSnapshot>(RunOperation.Pause);

    /// <inheritdoc />
    public virtual Task<RunSnapshot> ResumeAsync(ResumeRun command, CancellationToken cancellationToken) => Refuse<RunSnapshot>(RunOperation.Resume);

    /// <inheritdoc />
    public virtual Task<RunSnapshot> StopAsync(StopRun command, CancellationToken cancellationToken) => Refuse<RunSnapshot>(RunOperation.Stop);

    /// <summary>The run's id, checked: the only way from a <see cref="RunRef"/> into a path.</summary>
    /// <exception cref="RunnerException">It is no run id of this vendor (<see cref="RunnerErrorKind.Invalid"/>).</exception>
    protected string IdOf(RunRef run) => Info.IsRunId(run.VendorRunId)
        ? run.VendorRunId
        : throw new RunnerException(RunnerErrorKind.Invalid, $"This is no run id of {Info.DisplayName}.");

    private Task<T> Refuse<T>(RunOperation operation) =>
        Task.FromException<T>(new RunnerException(RunnerErrorKind.Unsupported, $"{Info.DisplayName} has no {operation.ToString().ToLowerInvariant()}."));
}
