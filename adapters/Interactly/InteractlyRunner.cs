using System.Text.Json;

namespace WorkflowGateway.Adapters.Interactly;

internal sealed class InteractlyRunner(VendorConnection connection, TimeProvider time) : VendorRunner, IStartPreview, IStartTraces, ICommandPreview, INativeCalls, IDisposable
{
    private const string Runs = "v1/workflow-runs";

    private readonly VendorHttp _http = new(connection, InteractlyAdapter.Vendor, "Authorization", "Bearer", new Dictionary<string, string>(), time);

    public override RunnerInfo Info => InteractlyAdapter.Vendor;

    public NativeCall MakeNativeCall(NativeRequest request, Subject? subject) => _http.MakeNativeCall(request, subject);

    public void Dispose() => _http.Dispose();

    public VendorRequest PreviewStart(StartRun start)
    {
        if (start.DryRun) throw new RunnerException(RunnerErrorKind.Unsupported, "Interactly cannot try a start out.");
        var target = VendorJson.Sound(start.Target);
        InteractlyTarget.Check(target, placeholders: false).Refuse("/target");
        var body = InteractlyInput.ToRunInput("start", start.Input, "/input", start.Marker);
        body.Workflow_id = target.Text("workflowId");
        return new VendorRequest(HttpMethod.Post, Runs, VendorJson.ToBody(body));
    }

    public StartTrace TraceOf(JsonElement target)
    {
        // Ids compare without case; the list of a workflow is one, however its id is written.
        var workflow = VendorJson.ToBody(new Dictionary<string, string> { ["workflowId"] = target.Text("workflowId")!.ToLowerInvariant() });
        return new StartTrace(workflow, workflow);
    }

    public bool CanBe(RunSnapshot seen, JsonElement target) =>
        seen.Definition is not { } workflow || workflow.Id.Equals(target.Text("workflowId"), StringComparison.OrdinalIgnoreCase);

    public override async Task<StartAnswer> StartAsync(StartRun start, CancellationToken cancellationToken)
    {
        var snapshot = await _http.MutateAsync(
            PreviewStart(start), start.Subject, answer => InteractlyMapping.ToStarted(answer, start.Subject), cancellationToken);
        return new StartAnswer.Started(snapshot.Run!, snapshot);
    }

    public override async Task<RunSnapshot> GetAsync(RunRef run, CancellationToken cancellationToken)
    {
        return await _http.ReadAsync(
            new VendorRequest(HttpMethod.Get, $"{Runs}/{IdOf(run)}"), run.Subject, answer => InteractlyMapping.ToAnswered(answer, run), cancellationToken);
    }

    public override async Task<RunPage> ListAsync(ListRuns query, CancellationToken cancellationToken)
    {
        if (query.Target is { } target) InteractlyTarget.Check(target, placeholders: false).Refuse("/target");
        var page = InteractlyListPage.Of(query);
        return await _http.ReadAsync(
            new VendorRequest(HttpMethod.Get, $"{Runs}?{page.ToQuery(query)}"), null,
            answer => InteractlyMapping.ToPage(answer, page, query.Target?.Text("workflowId")), cancellationToken);
    }

    /// <summary>Reads first: the vendor's command names no turn, so an answer to an older one would go to whatever is asked now.</summary>
    public override async Task<RunSnapshot> RespondAsync(RespondToRun command, CancellationToken cancellationToken)
    {
        var request = PreviewCommand(command);
        var now = await GetAsync(command.Run, cancellationToken);
        if (now.Interactions.All(interaction => interaction.Id != command.InteractionId))
            throw new RunnerException(RunnerErrorKind.Conflict, $"The run does not wait for an answer to {command.InteractionId}.");
        return await SendAsync(request, command, cancellationToken);
    }

    public VendorRequest PreviewCommand(RunCommand command) => command switch
    {
        RespondToRun { Type: not InteractlyMapping.ReplyType and var type } => throw NoSuchResponse(type),
        RespondToRun respond => ToRequest("data", command, respond.Data),
        SendDataToRun send => ToRequest("data", command, send.Data),
        PauseRun => ToRequest("pause", command, null),
        ResumeRun resume => ToRequest("resume", command, resume.Data),
        StopRun => ToRequest("stop", command, null),
        _ => throw new RunnerException(RunnerErrorKind.Unsupported, $"Interactly has no {command.GetType().Name}."),
    };

    public override Task<RunSnapshot> SendDataAsync(SendDataToRun command, CancellationToken cancellationToken) =>
        CommandAsync(command, cancellationToken);

    public override Task<RunSnapshot> PauseAsync(PauseRun command, CancellationToken cancellationToken) =>
        CommandAsync(command, cancellationToken);

    public override Task<RunSnapshot> ResumeAsync(ResumeRun command, CancellationToken cancellationToken) =>
        CommandAsync(command, cancellationToken);

    public override Task<RunSnapshot> StopAsync(StopRun command, CancellationToken cancellationToken) =>
        CommandAsync(command, cancellationToken);

    private async Task<RunSnapshot> CommandAsync(RunCommand command, CancellationToken cancellationToken) =>
        await SendAsync(PreviewCommand(command), command, cancellationToken);

    private Task<RunSnapshot> SendAsync(VendorRequest request, RunCommand command, CancellationToken cancellationToken) =>
        _http.MutateAsync(request, command.Run.Subject, answer => InteractlyMapping.ToAnswered(answer, command.Run), cancellationToken);

    private VendorRequest ToRequest(string word, RunCommand command, JsonElement? data)
    {
        var body = InteractlyInput.ToRunInput(word, data, "/data", command.Marker);
        body.Workflow_run_id = IdOf(command.Run);
        return new VendorRequest(HttpMethod.Post, Runs, VendorJson.ToBody(body));
    }

    private static RunnerException NoSuchResponse(string type) => new(new RunnerError
    {
        Kind = RunnerErrorKind.Invalid,
        Message = $"/type: \"{type}\" is no response here. Known: {InteractlyMapping.ReplyType}.",
        Pointer = "/type",
    });
}
