using System.Text.Json;

namespace WorkflowGateway.Adapters.Juo;

internal sealed class JuoRunner(VendorHttp http) : VendorRunner, IStartPreview, IStartTraces, ICommandPreview, INativeCalls, IDisposable
{
    public override RunnerInfo Info => JuoAdapter.Juo;

    public VendorRequest PreviewStart(StartRun start) =>
        new(HttpMethod.Post, "workflows/start", VendorJson.ToBody(JuoRequests.ToStartRequest(start)));

    public StartTrace TraceOf(JsonElement target) => new(null, VendorJson.Sound(target));

    public bool CanBe(RunSnapshot seen, JsonElement target) =>
        seen.Definition is not { } workflow || target.Text("workflowId") is not { } asked || workflow.Id == asked;

    public override async Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken) =>
        await http.MutateAsync(PreviewStart(start), start.Subject, answer => JuoMapping.ToStartAnswer(answer, start.Subject), cancellationToken);

    public override async Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken) =>
        await http.ReadAsync(new VendorRequest(HttpMethod.Get, $"workflows/{IdOf(run)}"), run.Subject, answer => JuoMapping.ToSnapshot(answer, run), cancellationToken);

    public override async Task<RunSnapshot> RespondAsync(RespondToRun command, CancellationToken cancellationToken)
    {
        var run = command.Run;
        var snapshot = await http.MutateAsync(PreviewCommand(command), run.Subject, answer => JuoMapping.ToRespondSnapshot(answer, run), cancellationToken);
        return snapshot is { NativeStatus: null, Status: RunStatus.Unknown } ? await ReadAgainAsync(snapshot, run, cancellationToken) : snapshot;
    }

    public VendorRequest PreviewCommand(RunCommand command) => command is RespondToRun respond
        ? new VendorRequest(HttpMethod.Post, $"workflows/{IdOf(command.Run)}/respond", VendorJson.ToBody(JuoRequests.ToRespondRequest(respond)))
        : throw new RunnerException(RunnerErrorKind.Unsupported, $"Juo has no {command.GetType().Name}.");

    public NativeCall MakeNativeCall(NativeRequest request, Subject? subject) => http.MakeNativeCall(request, subject);

    public void Dispose() => http.Dispose();

    // Juo's own example of this answer has no status. The response itself was taken: whatever comes of the read, that must not become an error.
    private async Task<RunSnapshot> ReadAgainAsync(RunSnapshot answered, RunRef run, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(run, cancellationToken);
        }
        catch (Exception failure) when (failure is RunnerException or OperationCanceledException)
        {
            return answered;
        }
    }
}
