using System.Text.Json.Nodes;

namespace WorkflowGateway.Sandbox;

/// <summary>The parts of Juo's run state.</summary>
internal static class JuoJson
{
    public static JsonObject Pending(string interactionId, JuoAsk ask, DateTimeOffset presentedAt)
    {
        var pending = new JsonObject
        {
            ["interactionId"] = interactionId,
            ["stepId"] = ask.StepId,
            ["actionType"] = ask.ActionType,
            ["actionBehavior"] = "input",
            ["actionConfig"] = Config(ask),
            ["availableResponses"] = Responses(ask),
            ["presentedAt"] = presentedAt.Iso("fff"),
        };
        if (ask.TimeoutMs is { } timeout) pending["timeoutMs"] = timeout;
        return pending;
    }

    public static JsonObject Step(JuoAsk ask) => new()
    {
        ["stepId"] = ask.StepId,
        ["actionType"] = ask.ActionType,
        ["actionConfig"] = Config(ask),
        ["availableResponses"] = Responses(ask),
    };

    public static void AddEnd(JsonObject body, JuoEnd end)
    {
        if (end.ErrorCode is { } code)
        {
            body["error"] = new JsonObject { ["message"] = end.Message, ["code"] = code };
            return;
        }

        body["result"] = new JsonObject { ["decision"] = end.OutcomeType };
        AddOutcome(body, end);
    }

    public static void AddOutcome(JsonObject body, JuoEnd end)
    {
        body["invalidatedResources"] = new JsonArray([.. end.InvalidatedResources.Select(name => (JsonNode)name)]);
        body["outcome"] = Outcome(end);
        body["completionData"] = new JsonObject
        {
            ["outcome"] = Outcome(end),
            ["endStep"] = new JsonObject { ["id"] = $"end_{end.OutcomeType}", ["category"] = end.Category, ["label"] = end.Message },
        };
    }

    private static JsonObject Outcome(JuoEnd end) => new() { ["type"] = end.OutcomeType, ["message"] = end.Message };

    private static JsonObject Config(JuoAsk ask) => new() { ["title"] = ask.Question };

    private static JsonArray Responses(JuoAsk ask) =>
        new([.. ask.Responses.Select(response => new JsonObject { ["type"] = response.Type, ["label"] = response.Label })]);
}
