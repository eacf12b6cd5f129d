using System.Text;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>Fortanix CCM's workflow runs. Its description declares no errors, so they are plain text.</summary>
internal sealed class FortanixVendor(Func<Switches> switches) : IVendor
{
    private readonly RunBook<FortanixRun> _runs = new();

    public string Name => "fortanix";

    public string EndWord => "SUCCEEDED";

    public IReadOnlyList<Phase>? Interaction => null;

    public string OperationOf(SandboxRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", ["v1", "workflow_runs"]) => "start",
        ("GET", ["v1", "workflow_runs"]) => "list",
        ("GET", ["v1", "workflow_runs", _, "status"]) => "get",
        ("GET", ["v1", "workflow_runs", _, "logs"]) => "logs",
        ("POST", ["v1", "workflow_runs", _, "stop"]) => "stop",
        _ => "other",
    };

    public Answer? Refuse(SandboxRequest request)
    {
        var token = switches().FortanixRequiresBearer ? request.Bearer : request.Header("Authentication");
        return token is null or "refused" or "Bearer refused" ? Error(401, "Unauthorized") : null;
    }

    public Answer Handle(SandboxRequest request, Moment moment) => OperationOf(request) switch
    {
        "start" => Start(request, moment),
        "list" => List(request, moment),
        "get" => WithRun(request, moment, Ok),
        "logs" => WithRun(request, moment, run => Logs(run, request)),
        "stop" => WithRun(request, moment, run => Stop(run, moment)),
        _ => Error(404, "Not Found"),
    };

    public Answer Error(int status, string message) => new(status, "text/plain", Encoding.UTF8.GetBytes(message));

    public ScriptedRun? Find(string vendorRunId, DateTimeOffset now) => _runs.Find(vendorRunId.ToLowerInvariant(), now);

    public IEnumerable<ScriptedRun> Runs(DateTimeOffset now) => _runs.NewestFirst(now);

    private Answer Start(SandboxRequest request, Moment moment)
    {
        if (FortanixBody.StartFault(request) is { } fault) return Error(400, fault);
        var body = request.Json!.Value;
        if (FortanixScripts.For(body.GetText("graph_id")!.ToLowerInvariant()) is not { } script) return Error(404, "workflow graph not found");
        var run = new FortanixRun(moment.NewRunId(), moment.EffectAt, body, script);
        _runs.Add(run);
        return Ok(run);
    }

    private Answer List(SandboxRequest request, Moment moment)
    {
        var (body, fault) = FortanixList.Read(request, _runs.NewestFirst(moment.Now), moment.Now, switches());
        return body is null ? Error(400, fault!) : Answer.Json(200, body);
    }

    private Answer Stop(FortanixRun run, Moment moment)
    {
        if (run.Ended && switches().FortanixRefusesStopOfFinished) return Error(400, "workflow run has finished");
        run.Do(moment.Now, moment.EffectAt, run.Stop);
        return Ok(run);
    }

    private Answer Logs(FortanixRun run, SandboxRequest request) => run.Logs(request.QueryValue("runtime_config_id")) is { } text
        ? Answer.Json(200, new JsonObject { ["text"] = text }) with { VendorRunId = run.Id }
        : Error(404, "runtime config not found");

    private Answer WithRun(SandboxRequest request, Moment moment, Func<FortanixRun, Answer> then)
    {
        if (!Guid.TryParseExact(request.Segments[2], "D", out _)) return Error(400, "run-id must be a uuid");
        return _runs.Find(request.Segments[2].ToLowerInvariant(), moment.Now) is { } run ? then(run) : Error(404, "workflow run not found");
    }

    private Answer Ok(FortanixRun run) => Answer.Json(200, run.ToAnswer(switches().FortanixCreatedAtUnit)) with { VendorRunId = run.Id };
}
