using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal static class CommandEndpoints
{
    private static readonly string[] Refusals =
    [
        "malformed-json", "vendor-credential-missing", "vendor-credential-refused", "run-not-found", "action-unavailable", "precondition-failed",
        "payload-too-large", "unsupported-media-type", "capability-unsupported", "idempotency-key-reused", "vendor-rejected", "rate-limited",
        "vendor-contract", "vendor-auth-failed", "vendor-unavailable",
    ];

    public static void MapCommands(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/runs/{runId}/respond", RespondAsync)
            .Called("respondToRun", "Answers a pending interaction.").Commands(KeyOperations.Respond)
            .Takes<RespondBody>("""{"interactionId":"int_1","type":"accept"}""")
            .Refuses([.. Refusals, "interaction-not-pending", "interaction-already-answered", "interaction-expired"]);
        v1.MapPost("/runs/{runId}/data", DataAsync)
            .Called("sendData", "Sends input that the run did not ask for.").Commands(KeyOperations.Data)
            .Takes<DataBody>("""{"data":{"dynamicVariables":{"name":"Ada"}}}""").Refuses(Refusals);
        v1.MapPost("/runs/{runId}/pause", PauseAsync)
            .Called("pauseRun", "Holds a run.").Commands(KeyOperations.Pause).MayTake<EmptyBody>("{}").Refuses(Refusals);
        v1.MapPost("/runs/{runId}/resume", ResumeAsync)
            .Called("resumeRun", "Lets a held run go on.").Commands(KeyOperations.Resume).MayTake<ResumeBody>("{}").Refuses(Refusals);
        v1.MapPost("/runs/{runId}/stop", StopAsync)
            .Called("stopRun", "Stops a run; before it is bound, the stop is kept and applied then.").Commands(KeyOperations.Stop)
            .MayTake<EmptyBody>("{}").Refuses(Refusals);
        v1.MapPost("/runs/{runId}/resolve", ResolveAsync)
            .Called("resolveRun", "Settles a run that is unknown, or long stale.").RequireRole(Role.Operator, KeyOperations.Resolve).Headers(Parameters.Key)
            .Takes<ResolveBody>("""{"notStarted":"The vendor's log shows no such request."}""")
            .Gives<RunView>(StatusCodes.Status200OK, "The run as settled.").Refuses(Refusals);
    }

    private static RouteHandlerBuilder Commands(this RouteHandlerBuilder endpoint, string operation) => endpoint.RequireRole(Role.Caller, operation)
        .Headers(Parameters.IfMatch, Parameters.Key, Parameters.VendorToken)
        .Gives<RunView>(StatusCodes.Status200OK, "The run; the vendor's answer is recorded.")
        .Gives<RunView>(StatusCodes.Status202Accepted, "The run, while the command is in flight or unconfirmed.");

    private static Task<RunAnswer> RespondAsync(string runId, RespondBody body, HttpContext http, RunCommander commander, CancellationToken cancellationToken) =>
        ExecuteAsync(commander, http, new CommandRequest
        {
            Caller = http.Caller(),
            RunId = RequestHeaders.RunId(runId),
            Operation = RunOperation.Respond,
            InteractionId = body.InteractionId,
            Type = body.Type,
            Data = body.Data,
            Key = http.Request.Key(body.Json),
        }, cancellationToken);

    private static Task<RunAnswer> DataAsync(string runId, DataBody body, HttpContext http, RunCommander commander, CancellationToken cancellationToken) =>
        ExecuteAsync(commander, http, new CommandRequest
        {
            Caller = http.Caller(),
            RunId = RequestHeaders.RunId(runId),
            Operation = RunOperation.Data,
            Data = body.Data,
            Key = http.Request.Key(body.Json),
        }, cancellationToken);

    private static Task<RunAnswer> PauseAsync(string runId, EmptyBody body, HttpContext http, RunCommander commander, CancellationToken cancellationToken) =>
        ExecuteAsync(commander, http, Plain(runId, body, http, RunOperation.Pause), cancellationToken);

    private static Task<RunAnswer> StopAsync(string runId, EmptyBody body, HttpContext http, RunCommander commander, CancellationToken cancellationToken) =>
        ExecuteAsync(commander, http, Plain(runId, body, http, RunOperation.Stop), cancellationToken);

    private static Task<RunAnswer> ResumeAsync(string runId, ResumeBody body, HttpContext http, RunCommander commander, CancellationToken cancellationToken) =>
        ExecuteAsync(commander, http, new CommandRequest
        {
            Caller = http.Caller(),
            RunId = RequestHeaders.RunId(runId),
            Operation = RunOperation.Resume,
            Data = body.Data,
            Key = http.Request.Key(body.Json),
        }, cancellationToken);

    private static CommandRequest Plain(string runId, EmptyBody body, HttpContext http, RunOperation operation) => new()
    {
        Caller = http.Caller(),
        RunId = RequestHeaders.RunId(runId),
        Operation = operation,
        Key = http.Request.Key(body.Json),
    };

    private static async Task<RunAnswer> ExecuteAsync(RunCommander commander, HttpContext http, CommandRequest request, CancellationToken cancellationToken)
    {
        var result = await commander.ExecuteAsync(
            request with { IfMatch = RunConditions.IfMatch(http.Request), VendorToken = http.Request.VendorToken() }, cancellationToken);
        return new RunAnswer(result.Run)
        {
            Status = result.Settled ? StatusCodes.Status200OK : StatusCodes.Status202Accepted,
            Replayed = result.Replayed,
            Locate = !result.Settled,
        };
    }

    private static async Task<RunAnswer> ResolveAsync(string runId, ResolveBody body, HttpContext http, RunResolver resolver, CancellationToken cancellationToken)
    {
        var result = await resolver.ResolveAsync(http.Caller(), RequestHeaders.RunId(runId), body.Resolution, http.Request.Key(body.Json), cancellationToken);
        return new RunAnswer(result.Run) { Replayed = result.Replayed };
    }
}
