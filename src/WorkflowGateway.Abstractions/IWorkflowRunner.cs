namespace WorkflowGateway;

/// <summary>Speaks to one vendor account (a connection) and remembers nothing.</summary>
/// <remarks>
/// <para>Every verb throws <see cref="RunnerException"/> and nothing else but <see cref="OperationCanceledException"/> for its own token;
/// the kind of its error says what the caller may do next. An operation outside <see cref="RunnerInfo.Operations"/> is
/// <see cref="RunnerErrorKind.Unsupported"/> before any HTTP call.</para>
/// <para>A mutating verb sends at most one request that the vendor could act on, and never sends it again.</para>
/// </remarks>
public interface IWorkflowRunner
{
    /// <summary>What this runner can do.</summary>
    RunnerInfo Info { get; }

    /// <summary>Starts a run. <see cref="RunnerErrorKind.Unconfirmed"/> means that it may have started.</summary>
    Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken);

    /// <summary>Reads a run.</summary>
    Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken);

    /// <summary>Lists runs, a page at a time.</summary>
    Task<RunPage> ListAsync(ListRuns query, CancellationToken cancellationToken);

    /// <summary>Answers a pending interaction.</summary>
    Task<RunSnapshot> RespondAsync(RespondToRun command, CancellationToken cancellationToken);

    /// <summary>Sends input that was not asked for.</summary>
    Task<RunSnapshot> SendDataAsync(SendDataToRun command, CancellationToken cancellationToken);

    /// <summary>Holds a run.</summary>
    Task<RunSnapshot> PauseAsync(PauseRun command, CancellationToken cancellationToken);

    /// <summary>Lets a held run go on.</summary>
    Task<RunSnapshot> ResumeAsync(ResumeRun command, CancellationToken cancellationToken);

    /// <summary>Stops a run.</summary>
    Task<RunSnapshot> StopAsync(StopRun command, CancellationToken cancellationToken);
}

/// <summary>Beside <see cref="IWorkflowRunner"/> where the vendor keeps logs (Fortanix).</summary>
public interface IRunLogs
{
    /// <summary>Reads a run's logs as plain text, at most as long as one vendor answer (4 MiB).</summary>
    /// <param name="run">The run.</param>
    /// <param name="part">One part of the run (Fortanix: a runtime config id), or null.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<string> GetLogsAsync(RunRef run, string? part, CancellationToken cancellationToken);
}

/// <summary>Beside <see cref="IWorkflowRunner"/>: shows the request that a start would send, without sending it.</summary>
public interface IStartPreview
{
    /// <summary>The request, without credentials.</summary>
    /// <exception cref="RunnerException">The start could not be sent as it is (<see cref="RunnerErrorKind.Invalid"/>).</exception>
    VendorRequest PreviewStart(StartRun start);
}

/// <summary>Beside <see cref="IWorkflowRunner"/> where a command can be wrong in itself: shows the request that it would send, without sending it.</summary>
/// <remarks>Pure: it is asked before the command is stored, and may be asked again.</remarks>
public interface ICommandPreview
{
    /// <summary>The request that changes something, without credentials.</summary>
    /// <exception cref="RunnerException">The command could not be sent as it is: <see cref="RunnerErrorKind.Invalid"/>, with a pointer into the command
    /// where the caller can mend it (<c>/type</c>, <c>/data/…</c>); <see cref="RunnerErrorKind.Unsupported"/> where the vendor has no such command.</exception>
    VendorRequest PreviewCommand(RunCommand command);
}
