using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace WorkflowGateway.Sandbox;

/// <summary>Interactly's workflow runs: one endpoint with five commands, and the list, read and delete beside it.</summary>
internal sealed class InteractlyVendor(Func<Switches> switches, SandboxIds ids) : IVendor
{
    private readonly RunBook<InteractlyRun> _runs = new();

    public string Name => "interactly";

    public string EndWord => "completed";

    public IReadOnlyList<Phase> Interaction => InteractlyScripts.OneInteraction;

    public string OperationOf(SandboxRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", ["workflows", "v1", "workflow-runs"]) => InteractlyBody.Command(request),
        ("GET", ["workflows", "v1", "workflow-runs"]) => "list",
        ("GET", ["workflows", "v1", "workflow-runs", _]) => "get",
        ("DELETE", ["workflows", "v1", "workflow-runs", _]) => "delete",
        _ => "other",
    };

    public Answer? Refuse(SandboxRequest request) => request.Bearer is null or "refused" ? Detail(401, "Invalid API key") : null;

    public Answer Handle(SandboxRequest request, Moment moment) => Route(request, moment) with { RequestId = ids.NewUuid() };

    private Answer Route(SandboxRequest request, Moment moment) => (request.Method, request.Segments) switch
    {
        ("POST", ["workflows", "v1", "workflow-runs"]) => Run(request, moment),
        ("GET", ["workflows", "v1", "workflow-runs"]) => InteractlyList.Answer(request, _runs.NewestFirst(moment.Now)),
        ("GET", ["workflows", "v1", "workflow-runs", _]) => WithRun(request, moment, run => Ok(run)),
        ("DELETE", ["workflows", "v1", "workflow-runs", _]) => WithRun(request, moment, Delete),
        _ => Detail(404, "Not Found"),
    };

    public Answer Error(int status, string message) => Answer.Json(status, new JsonObject { ["message"] = ReasonPhrases.GetReasonPhrase(status), ["error"] = message });

    public ScriptedRun? Find(string vendorRunId, DateTimeOffset now) => _runs.Find(vendorRunId.ToLowerInvariant(), now);

    public IEnumerable<ScriptedRun> Runs(DateTimeOffset now) => _runs.NewestFirst(now);

    private Answer Run(SandboxRequest request, Moment moment)
    {
        if (InteractlyBody.SchemaFaults(request) is { Count: > 0 } faults) return Unprocessable(faults);
        var body = request.Json!.Value;
        var command = InteractlyBody.Command(request);
        if (InteractlyBody.RuntimeFault(body, command) is { } fault) return Error(400, fault);
        var input = InteractlyBody.Echo(body, command);
        return command is "start" ? Start(body.GetText("workflow_id")!.ToLowerInvariant(), input, moment) : Command(body.GetText("workflow_run_id")!, command, input, moment);
    }

    private Answer Start(string workflowId, JsonObject input, Moment moment)
    {
        if (InteractlyScripts.For(workflowId) is not { } script) return Detail(404, "Workflow not found");
        var run = new InteractlyRun(moment.NewRunId(), moment.EffectAt, workflowId, input, script);
        _runs.Add(run);
        return Ok(run);
    }

    private Answer Command(string runId, string command, JsonObject input, Moment moment)
    {
        if (_runs.Find(runId.ToLowerInvariant(), moment.Now) is not { } run) return Detail(404, "Workflow run not found");
        if (!run.Takes(command)) return Error(409, $"Cannot {command} a workflow run that is {run.Word}");
        run.Do(moment.Now, moment.EffectAt, at => run.Obey(at, command, input));
        return Ok(run);
    }

    private Answer WithRun(SandboxRequest request, Moment moment, Func<InteractlyRun, Answer> then)
    {
        var id = request.Segments[3];
        if (!InteractlyBody.IsId(id)) return Unprocessable([InteractlyBody.Fault("string_pattern_mismatch", ["workflow_run_id"], "String should match pattern '^[0-9a-f]{24}$'", "path")]);
        return _runs.Find(id.ToLowerInvariant(), moment.Now) is { } run ? then(run) : Detail(404, "Workflow run not found");
    }

    private Answer Delete(InteractlyRun run)
    {
        _runs.Remove(run);
        return new Answer(204, "application/json", []) { VendorRunId = run.Id };
    }

    private Answer Ok(InteractlyRun run) => Answer.Json(200, run.ToJson(switches().InteractlyEchoesMarker)) with { VendorRunId = run.Id };

    private static Answer Detail(int status, string detail) => Answer.Json(status, new JsonObject { ["detail"] = detail });

    private static Answer Unprocessable(JsonArray faults) => Answer.Json(422, new JsonObject { ["detail"] = faults });
}
