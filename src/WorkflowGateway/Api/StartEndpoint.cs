using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

internal static class StartEndpoint
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(10);

    public static void MapStart(this IEndpointRouteBuilder v1) =>
        v1.MapPost("/runs", StartAsync)
            .Called("startRun", "Starts a run of a workflow.").RequireRole(Role.Caller, KeyOperations.Start)
            .Takes<StartBody>("""{"workflow":"cancel-subscription","input":{"subscriptionId":"sub_1"},"labels":{"region":"eu"}}""")
            .Query(
                new("dryRun", "true: ask the vendor only to try it out, where it can.", "boolean"),
                new("validateOnly", "true: show the route and the vendor request; nothing is stored or sent.", "boolean"))
            .Headers(Parameters.Key, Parameters.Prefer, Parameters.VendorToken)
            .Gives<PreviewView>(StatusCodes.Status200OK, "What would be sent (validateOnly).")
            .Gives<RunView>(StatusCodes.Status201Created, "The run; the vendor accepted, declined, finished or definitely refused it.")
            .Gives<RunView>(StatusCodes.Status202Accepted, "The run, while in flight and while nobody can know whether it started.")
            .Refuses("malformed-json", "vendor-credential-missing", "unknown-workflow", "payload-too-large", "unsupported-media-type",
                "no-route", "capability-unsupported", "idempotency-key-reused", "vendor-rejected", "rate-limited", "vendor-unavailable");

    private static async Task<IResult> StartAsync(
        StartBody body, HttpContext http, RunStarter starter, RunWatch watch, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = new ListQuery(http.Request);
        var request = RequestOf(body, http, query.Flag("dryRun"));
        if (query.Flag("validateOnly")) return TypedResults.Ok(PreviewView.Of(starter.Preview(request)));
        var preferences = Preferences.Of(http.Request);
        var started = await starter.StartAsync(request, cancellationToken);
        var run = await WaitAsync(started, preferences, watch, time, cancellationToken);
        return new RunAnswer(run)
        {
            Status = InFlight(run) || (preferences is { RespondAsync: true, Wait: null } && !started.Replayed)
                ? StatusCodes.Status202Accepted
                : StatusCodes.Status201Created,
            Replayed = started.Replayed,
            Preferences = preferences,
            Locate = true,
        };
    }

    public static StartRequest RequestOf(StartBody body, HttpContext http, bool dryRun)
    {
        var caller = http.Caller();
        if (body.Connection is not null && caller.Role < Role.Operator)
            throw new RefusedException("forbidden", "Naming a connection needs the role operator; leave the member connection out.");
        // Also where there is no such workflow: who is not for it does not learn whether there is.
        if (!caller.Sees(body.Workflow)) throw new RefusedException("forbidden", $"The key '{caller.Name}' is not for the workflow '{body.Workflow}'.");
        return new StartRequest
        {
            Caller = caller,
            Workflow = body.Workflow,
            Input = body.Input,
            Labels = body.Labels ?? new Dictionary<string, string>(),
            CorrelationId = body.CorrelationId,
            Subject = body.Subject,
            Connection = body.Connection,
            DryRun = dryRun,
            VendorToken = http.Request.VendorToken(),
            Key = http.Request.Key(body.Json),
        };
    }

    private static Task<RunRow> WaitAsync(StartedRun started, Preferences preferences, RunWatch watch, TimeProvider time, CancellationToken cancellationToken)
    {
        if (preferences.Wait is { } wait) return watch.WaitAsync(started.Run, ReadEndpoints.Settled, wait, cancellationToken);
        return preferences.RespondAsync ? Task.FromResult(started.Run) : OutcomeAsync(started, watch, time, cancellationToken);
    }

    // Most starts are answered at once: what came of them is at hand and need not be read back.
    private static async Task<RunRow> OutcomeAsync(StartedRun started, RunWatch watch, TimeProvider time, CancellationToken cancellationToken)
    {
        var (run, began) = (started.Run, time.GetTimestamp());
        try
        {
            if (started.Outcome is { } outcome) run = await outcome.WaitAsync(DefaultWait, time, cancellationToken) ?? run;
            return await watch.WaitAsync(run, now => now.Status != RunStatus.Starting, DefaultWait - time.GetElapsedTime(began), cancellationToken);
        }
        catch (TimeoutException)
        {
            return run;
        }
    }

    private static bool InFlight(RunRow run) =>
        run.Status == RunStatus.Starting || run is { Status: RunStatus.Unknown, Bound: false };
}
