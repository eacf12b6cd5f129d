using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

internal sealed class JuoRun : ScriptedRun
{
    private readonly Func<Switches> _switches;
    private readonly IReadOnlyList<JuoPhase> _flow;
    private string _lastResponse = "";

    public JuoRun(string id, DateTimeOffset createdAt, string tenant, string workflowId, IReadOnlyList<JuoPhase> flow, Func<Switches> switches)
        : base(id, createdAt)
    {
        (Tenant, WorkflowId, _flow, _switches) = (tenant, workflowId, flow, switches);
        Follow(createdAt, [.. flow]);
    }

    public string Tenant { get; }

    public string WorkflowId { get; }

    public int Version { get; private set; }

    public JuoAsk? Ask => (Phase as JuoPhase)?.Ask;

    public string InteractionId => SandboxIds.Uuid(Id, $"interaction/{Entered}");

    public void Respond(DateTimeOffset at, string interactionId, string responseType)
    {
        if (Ask is null || interactionId != InteractionId) return;
        _lastResponse = responseType;
        Next(at);
    }

    public JsonObject ToJson(bool withStatus)
    {
        var body = new JsonObject { ["workflowId"] = WorkflowId, ["workflowVersion"] = 3, ["runId"] = Id, ["runVersion"] = Version };
        if (withStatus) body["status"] = Word;
        if (Ask is { } ask) body["pendingInteraction"] = JuoJson.Pending(InteractionId, ask, Since);
        var steps = _flow.Where(phase => phase.Ask is not null).Select(phase => JuoJson.Step(phase.Ask!)).ToArray<JsonNode>();
        if (steps.Length > 0) body["interactiveSteps"] = new JsonArray(steps);
        if ((Phase as JuoPhase)?.EndFor(_lastResponse) is { } end) JuoJson.AddEnd(body, end);
        return body;
    }

    protected override void OnEntered(bool byTime)
    {
        if (!byTime || _switches().JuoBumpsVersionOnTimeout || Entered == 1) Version++;
    }
}
