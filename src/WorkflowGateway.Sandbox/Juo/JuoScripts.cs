using System.Collections.Frozen;

namespace WorkflowGateway.Sandbox;

/// <summary>An interaction to present.</summary>
internal sealed record JuoAsk(string StepId, string ActionType, string Question, params (string Type, string Label)[] Responses)
{
    public int? TimeoutMs { get; init; }
}

/// <summary>How a run ended.</summary>
internal sealed record JuoEnd(string OutcomeType, string Message, string Category)
{
    public string? ErrorCode { get; init; }

    public string[] InvalidatedResources { get; init; } = [];
}

internal sealed record JuoPhase(string Word, double? Seconds = null) : Phase(Word, Seconds)
{
    public JuoAsk? Ask { get; init; }

    /// <summary>The end for the last response given; the empty one where there was none.</summary>
    public IReadOnlyDictionary<string, JuoEnd>? Ends { get; init; }

    public JuoEnd? EndFor(string response) => Ends is null ? null : Ends.TryGetValue(response, out var end) ? end : Ends[""];

    public static JuoPhase Waiting(JuoAsk ask) => new("waiting_interaction", ask.TimeoutMs / 1000d) { Ask = ask };

    public static JuoPhase Completed(JuoEnd end, params (string Response, JuoEnd End)[] others) => new("completed")
    {
        Ends = others.Append(("", end)).ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2),
    };
}

/// <summary>The published workflows of the simulated shop.</summary>
internal static class JuoScripts
{
    private static readonly JuoAsk Offer = new("step_offer", "offer_discount", "Stay for 20 percent off?", ("accept", "Keep my subscription"), ("decline", "Cancel anyway"));
    private static readonly JuoAsk Length = new("step_length", "choose_length", "For how long?", ("one_month", "One month"), ("two_months", "Two months")) { TimeoutMs = 60_000 };
    private static readonly JuoAsk Confirm = new("step_confirm", "confirm", "Pause now?", ("confirm", "Pause"), ("back", "Do not pause")) { TimeoutMs = 60_000 };

    private static readonly FrozenDictionary<string, JuoPhase[]> ByFlowType = new Dictionary<string, JuoPhase[]>
    {
        [Scenarios.Juo.Cancellation] =
        [
            JuoPhase.Waiting(Offer),
            JuoPhase.Completed(
                new JuoEnd("cancelled", "The subscription is cancelled.", "churned") { InvalidatedResources = ["subscriptions"] },
                ("accept", new JuoEnd("retained", "The customer kept the subscription.", "saved") { InvalidatedResources = ["subscriptions", "discounts"] })),
        ],
        [Scenarios.Juo.Skip] =
        [
            new("running", 1),
            JuoPhase.Completed(new JuoEnd("skipped", "The next order is skipped.", "done") { InvalidatedResources = ["orders"] }),
        ],
        [Scenarios.Juo.Pause] =
        [
            JuoPhase.Waiting(Length),
            JuoPhase.Waiting(Confirm),
            JuoPhase.Completed(
                new JuoEnd("paused", "The subscription is paused.", "done") { InvalidatedResources = ["subscriptions"] },
                ("back", new JuoEnd("unchanged", "Nothing was changed.", "done"))),
        ],
        [Scenarios.Juo.Failing] =
        [
            new("running", 1),
            new("failed") { Ends = new Dictionary<string, JuoEnd> { [""] = new("error", "The discount could not be applied.", "error") { ErrorCode = "ACTION_FAILED" } } },
        ],
        [Scenarios.Juo.NeverEnding] = [new("running")],
    }.ToFrozenDictionary();

    public static IReadOnlyList<JuoPhase>? For(string flowType) => ByFlowType.GetValueOrDefault(flowType);

    public static IReadOnlyList<Phase> OneInteraction => ByFlowType[Scenarios.Juo.Cancellation];
}
