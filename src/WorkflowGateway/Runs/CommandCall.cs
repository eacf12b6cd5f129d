using System.Text.Json;

namespace WorkflowGateway.Runs;

/// <summary>A command as a call of the contract.</summary>
internal static class CommandCall
{
    private static readonly JsonElement NoData = JsonSerializer.SerializeToElement(new { });

    public static RunCommand Of(RunRow row, CommandRequest request, RunMarker marker)
    {
        var run = row.VendorRun(request.VendorToken);
        return request.Operation switch
        {
            RunOperation.Respond => new RespondToRun { Run = run, Marker = marker, InteractionId = request.InteractionId!, Type = request.Type!, Data = request.Data },
            RunOperation.Data => new SendDataToRun { Run = run, Marker = marker, Data = request.Data ?? NoData },
            RunOperation.Pause => new PauseRun { Run = run, Marker = marker },
            RunOperation.Resume => new ResumeRun { Run = run, Marker = marker, Data = request.Data },
            RunOperation.Stop => new StopRun { Run = run, Marker = marker },
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Operation, "Not a command."),
        };
    }

    public static Task<RunSnapshot> SendAsync(IWorkflowRunner runner, SentCommand sent, RunMarker marker, CancellationToken cancellationToken) => Of(sent.Run, sent.Request, marker) switch
    {
        RespondToRun respond => runner.RespondAsync(respond, cancellationToken),
        SendDataToRun send => runner.SendDataAsync(send, cancellationToken),
        PauseRun pause => runner.PauseAsync(pause, cancellationToken),
        ResumeRun resume => runner.ResumeAsync(resume, cancellationToken),
        StopRun stop => runner.StopAsync(stop, cancellationToken),
        var other => throw new ArgumentOutOfRangeException(nameof(sent), other.GetType().Name, "Not a command."),
    };
}
