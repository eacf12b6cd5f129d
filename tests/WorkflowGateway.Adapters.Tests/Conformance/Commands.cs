namespace WorkflowGateway.Adapters.Tests.Conformance;

/// <summary>Any operation as one call, and commands given to runs that are ready for them.</summary>
internal static class Commands
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>The operation on that run, ready for it or not.</summary>
    public static Task CallAsync(this Bench bench, IWorkflowRunner runner, RunOperation operation, RunRef run, PendingInteraction? interaction = null) => operation switch
    {
        RunOperation.Start => runner.StartAsync(bench.NewStart(bench.Vendor.Endless), None),
        RunOperation.Get => runner.GetAsync(run, None),
        RunOperation.List => runner.ListAsync(new ListRuns(), None),
        RunOperation.Logs => runner is IRunLogs logs
            ? logs.GetLogsAsync(run, null, None)
            : throw new RunnerException(RunnerErrorKind.Unsupported, "It has no logs."),
        _ => bench.CommandAsync(runner, operation, run, interaction),
    };

    /// <summary>A run in a state that takes the command, and what it waits for.</summary>
    public static async Task<(RunRef Run, PendingInteraction? Interaction)> ReadyAsync(this Bench bench, RunOperation operation)
    {
        if (operation is RunOperation.Respond or RunOperation.Data)
        {
            bench.Vendor.Waiting.Should().NotBeNull("{0} needs a run that waits", operation);
            var waiting = await bench.StartedAsync(bench.Vendor.Waiting!);
            var snapshot = await bench.UntilAsync(waiting, seen => seen.Interactions.Count > 0);
            return (snapshot.Run!, snapshot.Interactions[0]);
        }

        var run = await bench.StartedAsync(bench.Vendor.Endless);
        if (operation is RunOperation.Resume) await bench.CommandAsync(bench.Runner, RunOperation.Pause, run, null);
        return (run, null);
    }

    public static Task<RunSnapshot> CommandAsync(this Bench bench, IWorkflowRunner runner, RunOperation operation, RunRef run, PendingInteraction? interaction) =>
        SendAsync(runner, bench.NewCommand(operation, run, interaction));

    public static Task<RunSnapshot> SendAsync(IWorkflowRunner runner, RunCommand command) => command switch
    {
        RespondToRun respond => runner.RespondAsync(respond, None),
        SendDataToRun send => runner.SendDataAsync(send, None),
        PauseRun pause => runner.PauseAsync(pause, None),
        ResumeRun resume => runner.ResumeAsync(resume, None),
        StopRun stop => runner.StopAsync(stop, None),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "It is no command."),
    };

    public static RunCommand NewCommand(this Bench bench, RunOperation operation, RunRef run, PendingInteraction? interaction) => operation switch
    {
        RunOperation.Respond => new RespondToRun
        {
            Run = run,
            Marker = bench.Marker(),
            InteractionId = interaction?.Id ?? "none",
            Type = interaction?.Responses[0].Type ?? "input",
            Data = Bench.Json(bench.Vendor.Data),
        },
        RunOperation.Data => new SendDataToRun { Run = run, Marker = bench.Marker(), Data = Bench.Json(bench.Vendor.Data) },
        RunOperation.Pause => new PauseRun { Run = run, Marker = bench.Marker() },
        RunOperation.Resume => new ResumeRun { Run = run, Marker = bench.Marker() },
        RunOperation.Stop => new StopRun { Run = run, Marker = bench.Marker() },
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "It is no command."),
    };

    /// <summary>The error of a call that must fail.</summary>
    public static async Task<RunnerError> FailsAsync(Func<Task> call, string because = "") =>
        (await call.Should().ThrowExactlyAsync<RunnerException>(because)).Which.Error;
}
