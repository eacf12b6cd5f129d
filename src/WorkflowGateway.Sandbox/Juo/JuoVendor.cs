using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>Juo's customer API, as its OpenAPI document publishes it; errors in the shape of Fastify, which the document names.</summary>
internal sealed class JuoVendor(Func<Switches> switches) : IVendor
{
    private readonly RunBook<JuoRun> _runs = new();

    public string Name => "juo";

    public string EndWord => "completed";

    public IReadOnlyList<Phase> Interaction => JuoScripts.OneInteraction;

    public string OperationOf(SandboxRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", ["customer", "v1", "workflows", "start"]) => "start",
        ("GET", ["customer", "v1", "workflows", _]) => "get",
        ("POST", ["customer", "v1", "workflows", _, "respond"]) => "respond",
        _ => "other",
    };

    public Answer? Refuse(SandboxRequest request)
    {
        var token = request.Header("X-Delegated-Token") ?? request.Bearer;
        if (token is null or "refused") return Error(401, "Unauthorized");
        return request.Header("X-Tenant-ID") is null ? Invalid("headers must have required property 'x-tenant-id'") : null;
    }

    public Answer Handle(SandboxRequest request, Moment moment) => OperationOf(request) switch
    {
        "start" => Start(request, moment),
        "get" => Get(request, moment),
        "respond" => Respond(request, moment),
        _ => Error(404, $"Route {request.Method}:{request.Target} not found"),
    };

    public Answer Error(int status, string message) => Json(status, new JsonObject
    {
        ["statusCode"] = status,
        ["error"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
        ["message"] = message,
    });

    public ScriptedRun? Find(string vendorRunId, DateTimeOffset now) => _runs.Find(vendorRunId, now);

    public IEnumerable<ScriptedRun> Runs(DateTimeOffset now) => _runs.NewestFirst(now);

    private Answer Start(SandboxRequest request, Moment moment)
    {
        if (JuoBody.StartFault(request) is { } fault) return Invalid(fault);
        var body = request.Json!.Value;
        var flowType = body.GetText("flowType")!;
        if (flowType == Scenarios.Juo.CompletedSilently) return Silent();
        if (JuoScripts.For(flowType) is not { } script)
            return Json(200, new JsonObject { ["status"] = "no_workflow", ["fallbackToDefault"] = true });
        var workflowId = body.GetText("workflowId") ?? SandboxIds.Uuid(flowType, "workflow");
        var run = new JuoRun(moment.NewRunId(), moment.EffectAt, Tenant(request), workflowId, script, switches);
        // A dry run is answered like a run, and nothing of it is kept.
        if (body.Get("dryRun").Is(JsonValueKind.True)) return Json(200, run.ToJson(withStatus: true));
        _runs.Add(run);
        return Json(200, run.ToJson(withStatus: true)) with { VendorRunId = run.Id };
    }

    private Answer Get(SandboxRequest request, Moment moment)
    {
        if (JuoBody.RunIdFault(request) is { } fault) return Invalid(fault);
        return Find(request, moment) is { } run ? Json(200, run.ToJson(withStatus: true)) with { VendorRunId = run.Id } : NotFound();
    }

    private Answer Respond(SandboxRequest request, Moment moment)
    {
        if ((JuoBody.RunIdFault(request) ?? JuoBody.RespondFault(request)) is { } fault) return Invalid(fault);
        if (Find(request, moment) is not { } run) return NotFound();
        var body = request.Json!.Value;
        var (interactionId, responseType) = (body.GetText("interactionId")!, body.GetText("responseType")!);
        if (run.Ask is not { } ask) return Error(409, "Workflow run is not waiting for an interaction");
        if (interactionId != run.InteractionId) return Error(404, "Interaction not found");
        if (!ask.Responses.Any(response => response.Type == responseType)) return Error(400, $"Response type '{responseType}' is not available");
        if (body.Get("expectedRunVersion") is { } expected && !(expected.TryGetDecimal(out var version) && version == run.Version)) return Error(409, "Workflow run version mismatch");
        run.Do(moment.Now, moment.EffectAt, at => run.Respond(at, interactionId, responseType));
        return Json(200, run.ToJson(withStatus: !switches().JuoRespondOmitsStatus)) with { VendorRunId = run.Id };
    }

    // A run of another tenant is answered like one that does not exist.
    private JuoRun? Find(SandboxRequest request, Moment moment) =>
        _runs.Find(request.Segments[3].ToLowerInvariant(), moment.Now) is { } run && run.Tenant == Tenant(request) ? run : null;

    private static string Tenant(SandboxRequest request) => request.Header("X-Tenant-ID")!;

    private static Answer Silent()
    {
        var body = new JsonObject { ["status"] = "completed_silently" };
        JuoJson.AddOutcome(body, new JuoEnd("nothing_to_do", "Nothing had to be asked.", "done") { InvalidatedResources = ["subscriptions"] });
        return Json(200, body);
    }

    private Answer NotFound() => Error(404, "Workflow run not found");

    private static Answer Invalid(string message) => Json(400, new JsonObject
    {
        ["statusCode"] = 400,
        ["code"] = "FST_ERR_VALIDATION",
        ["error"] = "Bad Request",
        ["message"] = message,
    });

    private static Answer Json(int status, JsonObject body) => Answer.Json(status, body, "application/json; charset=utf-8");
}
