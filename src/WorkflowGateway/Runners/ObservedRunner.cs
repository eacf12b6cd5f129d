using WorkflowGateway.Catalog;
using WorkflowGateway.Telemetry;

namespace WorkflowGateway.Runners;

/// <summary>A runner of which each call is measured and traced.</summary>
internal sealed class ObservedRunner(IWorkflowRunner runner, ConnectionConfig config, VendorMetrics? metrics, TimeProvider time) : IWorkflowRunner, IRunLogs
{
    public RunnerInfo Info => runner.Info;

    public Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken) => ObserveAsync("start", () => runner.StartAsync(start, cancellationToken));

    public Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken) => ObserveAsync("get", () => runner.GetAsync(run, cancellationToken));

    public Task<RunPage> ListAsync(ListRuns query, CancellationToken cancellationToken) => ObserveAsync("list", () => runner.ListAsync(query, cancellationToken));

    public Task<RunSnapshot> RespondAsync(RespondToRun command, CancellationToken cancellationToken) => ObserveAsync("respond", () => runner.RespondAsync(command, cancellationToken));

    public Task<RunSnapshot> SendDataAsync(SendDataToRun command, CancellationToken cancellationToken) => ObserveAsync("data", () => runner.SendDataAsync(command, cancellationToken));

    public Task<RunSnapshot> PauseAsync(PauseRun command, CancellationToken cancellationToken) => ObserveAsync("pause", () => runner.PauseAsync(command, cancellationToken));

    public Task<RunSnapshot> ResumeAsync(ResumeRun command, CancellationToken cancellationToken) => ObserveAsync("resume", () => runner.ResumeAsync(command, cancellationToken));

    public Task<RunSnapshot> StopAsync(StopRun command, CancellationToken cancellationToken) => ObserveAsync("stop", () => runner.StopAsync(command, cancellationToken));

    public Task<string> GetLogsAsync(RunRef run, string? part, CancellationToken cancellationToken) => ObserveAsync("logs", () => ((IRunLogs)runner).GetLogsAsync(run, part, cancellationToken));

    /// <summary>Makes a call of this connection that is none of the verbs.</summary>
    /// <param name="operation">Its name: one of few.</param>
    /// <param name="call">The call.</param>
    public async Task<T> ObserveAsync<T>(string operation, Func<Task<T>> call)
    {
        var began = time.GetTimestamp();
        using var span = Tracing.IsListened ? Tracing.Step($"vendor {operation}") : null;
        span?.SetTag("gateway.connection", config.Name).SetTag("gateway.vendor", config.VendorName).SetTag("gateway.operation", operation);
        var outcome = "ok";
        try
        {
            return await call();
        }
        catch (Exception failure)
        {
            outcome = VendorMetrics.OutcomeOf(failure);
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            span?.SetTag("gateway.outcome", outcome);
            metrics?.Called(config.Name, config.VendorName, operation, outcome, time.GetElapsedTime(began));
        }
    }
}
