using System.Text.Json;

namespace WorkflowGateway.Runs;

/// <summary>A command as a call of the contract.</summary>
internal static class CommandCall
{
    private static readonly JsonElement NoData = JsonSerializer.SerializeToElement(new { });

    public static Task<RunSnapshot> Of(IWorkflowRunner runner, SentCommand command, RunMarker marker, CancellationToken cancellationToken)
    {
        var request = command.Request;
        var run = command.Run.VendorRun(request.VendorToken);
        return request.Operation switch
        {
            RunOperation.Respond => runner.RespondAsync(
                new RespondToRun { Run = run, Marker = marker, InteractionId = request.InteractionId!, Type = request.Type!, Data = request.Data }, cancellationToken),
            RunOperation.Data => runner.SendDataAsync(new SendDataToRun { Run = run, Marker = marker, Data = request.Data ?? NoData }, cancellationToken),
            RunOperation.Pause => runner.PauseAsync(new PauseRun { Run = run, Marker = marker }, cancellationToken),
            RunOperation.Resume => runner.ResumeAsync(new ResumeRun { Run = run, Marker = marker, Data = request.Data }, cancellationToken),
            RunOperation.Stop => runner.StopAsync(new StopRun { Run = run, Marker = marker }, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(command), request.Operation, "Not a command."),
        };
    }
}
